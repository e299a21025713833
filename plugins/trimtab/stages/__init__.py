"""What the code of a stage needs: its arguments, its windows, its hold-out and its model files.

Each name is imported when it is first used, so that a stage without a model starts without scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.stages.holdout import hold_out_rows, hold_out_windows
    from trimtab.stages.model_files import load_model, read_trusted_types, save_model
    from trimtab.stages.stage_main import run
    from trimtab.stages.stage_modules import import_stage
    from trimtab.stages.time_windows import Moment, select_window, split_by_window
    from trimtab.stages.window_files import read_windows, write_windows

__all__ = [
    "Moment",
    "hold_out_rows",
    "hold_out_windows",
    "import_stage",
    "load_model",
    "read_trusted_types",
    "read_windows",
    "run",
    "save_model",
    "select_window",
    "split_by_window",
    "write_windows",
]

__getattr__ = lazy_names(
    __name__,
    {
        "holdout": ["hold_out_rows", "hold_out_windows"],
        "model_files": ["load_model", "read_trusted_types", "save_model"],
        "stage_main": ["run"],
        "stage_modules": ["import_stage"],
        "time_windows": ["Moment", "select_window", "split_by_window"],
        "window_files": ["read_windows", "write_windows"],
    },
)
