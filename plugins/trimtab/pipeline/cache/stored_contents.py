"""Contents in the cache of this machine: the cache objects that a file or a folder consists of."""

from __future__ import annotations

from collections.abc import Mapping

from trimtab.pipeline.cache.cache_objects import CacheObjects
from trimtab.pipeline.lock import Content, ContentError, is_folder, is_legacy, parse_folder_object


class StoredContents:
    """Answers which cache objects a content consists of, and whether the cache has them.

    A file is one object. A folder is one object for its listing, and one for each of its files.

    Args:
        kinds: The objects that DVC 2 hashed (``True``), and those of DVC 3 (``False``).
    """

    def __init__(self, kinds: Mapping[bool, CacheObjects]) -> None:
        self._kinds = kinds

    def objects_of(self, content: Content) -> CacheObjects:
        """Return the cache objects of a content's kind."""
        return self._kinds[is_legacy(content)]

    def files(self, content: Content) -> dict[str, str]:
        """Map each file of a content, by its path below it, to its hash. A file has the path ``.``.

        Raises:
            FileNotFoundError: The cache has no listing of the folder.
        """
        if not is_folder(content):
            return {".": content["md5"]}
        path = self.objects_of(content).path(content["md5"])
        return parse_folder_object(path.read_bytes(), where=str(path))

    def hashes(self, content: Content) -> list[str]:
        """Return the hash of each cache object of a content. The listing of a folder comes last.

        Raises:
            FileNotFoundError: The cache has no listing of the folder.
        """
        return [*self.files(content).values(), *([content["md5"]] if is_folder(content) else [])]

    def is_missing(self, content: Content) -> bool:
        """Whether the cache lacks an object of a content.

        An object whose file looks unchanged is not hashed here. It is hashed before it is checked out.
        """
        objects = self.objects_of(content)
        try:
            if is_folder(content):
                return not all(objects.seems_intact(oid) for oid in self.hashes(content))
            return not objects.seems_intact(content["md5"], size=content.get("size"))
        except FileNotFoundError:
            return True
        except KeyError:  # no hash
            return True
        except ContentError:  # perhaps the listing is truncated: then it is removed, and can be fetched again
            if objects.is_intact(content["md5"]):
                raise
            return True

    def remove_corrupt(self, content: Content) -> bool:
        """Hash each object of a content that is not known to be intact, and remove the corrupt ones.

        Returns:
            Whether an object was corrupt.
        """
        objects = self.objects_of(content)
        try:
            return bool([oid for oid in self.hashes(content) if not objects.is_intact(oid)])
        except FileNotFoundError:  # another thread has removed the corrupt listing
            return True
