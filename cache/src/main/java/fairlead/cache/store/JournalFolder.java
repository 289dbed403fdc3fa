package fairlead.cache.store;

import fairlead.cache.OwnersOnly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The folder of a {@link Journal}: whose it is, its secret, its segments.
 *
 * <p>Not thread-safe. One process has it at a time; what it makes only its owner may read.
 */
final class JournalFolder implements Closeable {
  private static final System.Logger LOGGER = System.getLogger(JournalFolder.class.getName());
  private static final String LOCK = "lock";
  private static final String SECRET = "secret";
  private static final String PREFIX = "answers-";
  private static final String SUFFIX = ".log";
  private static final int SECRET_BYTES = 32;

  private final Path folder;
  private final FileChannel lockChannel;
  private final byte[] secret;
  private final long secretMark;

  private JournalFolder(Path folder, FileChannel lockChannel, byte[] secret) {
    this.folder = folder;
    this.lockChannel = lockChannel;
    this.secret = secret;
    this.secretMark = mark(secret);
  }

  /** Makes it if it is not there; throws if it cannot be had, with a reason for whoever set it. */
  static JournalFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, OwnersOnly.folder(folder));
    }
    FileChannel lockChannel = openLocked(folder);
    try {
      return new JournalFolder(folder, lockChannel, readOrMakeSecret(folder));
    } catch (IOException | RuntimeException e) {
      lockChannel.close();
      throw e;
    }
  }

  byte[] secret() {
    return secret.clone();
  }

  /** Tells which secret a segment's keys were made with, and nothing of the secret. */
  long secretMark() {
    return secretMark;
  }

  /** Oldest first. */
  List<Path> segments() throws IOException {
    List<Path> segments = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        if (number(file) > 0) {
          segments.add(file);
        }
      }
    }
    segments.sort((a, b) -> Long.compare(number(a), number(b)));
    return segments;
  }

  /** A new segment's channel, behind all there are. */
  FileChannel create(Path segment) throws IOException {
    return FileChannel.open(
        segment,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        OwnersOnly.file(folder));
  }

  Path segment(long number) {
    StringBuilder name = new StringBuilder(Long.toString(number));
    while (name.length() < 6) {
      name.insert(0, '0');
    }
    return folder.resolve(PREFIX + name + SUFFIX);
  }

  /** 0 for a file that is no segment. */
  static long number(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      return Math.max(
          Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length())), 0);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    lockChannel.close();
  }

  private static FileChannel openLocked(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            OwnersOnly.file(folder));
    FileLock lock = null;
    String owner = "another process";
    try {
      lock = channel.tryLock();
      if (lock == null) {
        owner = "process " + Files.readString(file).strip();
      } else {
        String self = ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.US_ASCII)));
      }
    } catch (OverlappingFileLockException e) {
      owner = "this process";
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException(
          "cache folder " + folder + " is in use by " + owner + "; each gateway needs its own");
    }
    return channel;
  }

  private static byte[] readOrMakeSecret(Path folder) throws IOException {
    Path file = folder.resolve(SECRET);
    if (Files.exists(file)) {
      byte[] secret = Files.readAllBytes(file);
      if (secret.length == SECRET_BYTES) {
        return secret;
      }
      // What it was made for cannot be read any more: no reason not to start.
      Path aside = folder.resolve(SECRET + ".damaged");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      LOGGER.log(
          System.Logger.Level.WARNING,
          file
              + " has "
              + secret.length
              + " bytes instead of "
              + SECRET_BYTES
              + ": it is set aside as "
              + aside.getFileName()
              + ", and the cache begins empty");
    }
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    Path unfinished = folder.resolve(SECRET + ".new");
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OwnersOnly.file(folder))) {
      channel.write(ByteBuffer.wrap(secret));
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    return secret;
  }

  private static long mark(byte[] secret) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update("journal".getBytes(StandardCharsets.US_ASCII));
      return ByteBuffer.wrap(sha.digest(secret)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
