package fairlead.cache;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** The rights of what the cache writes: its owner's and nobody else's. Stateless. */
public final class OwnersOnly {
  private OwnersOnly() {}

  /** To make a file in this folder with; nothing where the file system knows no such rights. */
  public static FileAttribute<?>[] file(Path in) {
    return rights(in, "rw-------");
  }

  /** To make a folder with, in this one or above it. */
  public static FileAttribute<?>[] folder(Path in) {
    return rights(in, "rwx------");
  }

  private static FileAttribute<?>[] rights(Path in, String rights) {
    if (!in.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
    };
  }
}
