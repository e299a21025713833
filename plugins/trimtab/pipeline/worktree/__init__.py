"""pipeline/worktree."""
