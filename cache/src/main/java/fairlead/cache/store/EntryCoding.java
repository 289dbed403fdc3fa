package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * An entry as bytes: a version, then the fields in their order, big-endian, each length before its
 * bytes.
 *
 * <p>Writing is stateless; a reader keeps one copy of each name and is not thread-safe.
 */
final class EntryCoding {
  private static final byte VERSION = 1;

  /** Version, four halves of digests, two times, two counts, cost, threshold. */
  private static final int FIXED_BYTES = 1 + 4 * 8 + 2 * 8 + 2 * 8 + 8 + 4;

  private static final int MAX_NAMES = 4_096;

  private final Map<String, String> names = new HashMap<>();

  static long size(CacheEntry entry) {
    long size = FIXED_BYTES + 4L + entry.payload().length + 4L + entry.answer().length;
    size += stringSize(entry.tenant()) + stringSize(entry.route());
    size += stringSize(entry.provider()) + stringSize(entry.model()) + 4;
    for (String tag : entry.tags()) {
      size += stringSize(tag);
    }
    return size;
  }

  /** Writes {@link #size} bytes. */
  static void write(CacheEntry entry, ByteBuffer out) {
    out.put(VERSION);
    out.putLong(entry.keyHigh()).putLong(entry.keyLow());
    out.putLong(entry.partitionHigh()).putLong(entry.partitionLow());
    out.putLong(entry.storedAtMillis()).putLong(entry.expiresAtMillis());
    out.putLong(entry.promptTokens()).putLong(entry.completionTokens());
    out.putDouble(entry.costUsd()).putFloat(entry.ownThreshold());
    writeString(entry.tenant(), out);
    writeString(entry.route(), out);
    writeString(entry.provider(), out);
    writeString(entry.model(), out);
    out.putInt(entry.tags().length);
    for (String tag : entry.tags()) {
      writeString(tag, out);
    }
    out.putInt(entry.payload().length).put(entry.payload());
    out.putInt(entry.answer().length).put(entry.answer());
  }

  /** Throws BufferUnderflowException where it is no entry of this version. */
  CacheEntry read(ByteBuffer in) {
    byte version = in.get();
    if (version != VERSION) {
      throw new BufferUnderflowException();
    }
    CacheEntry.Builder builder = new CacheEntry.Builder();
    builder.key(in.getLong(), in.getLong()).partition(in.getLong(), in.getLong());
    builder.lives(in.getLong(), in.getLong());
    builder.saves(in.getLong(), in.getLong(), in.getDouble()).ownThreshold(in.getFloat());
    builder.owner(name(in), name(in)).answeredBy(name(in), name(in));
    int tagCount = in.getInt();
    if (tagCount < 0 || tagCount > in.remaining()) {
      throw new BufferUnderflowException();
    }
    if (tagCount > 0) {
      String[] tags = new String[tagCount];
      for (int i = 0; i < tagCount; i++) {
        tags[i] = name(in);
      }
      builder.tags(tags);
    }
    return builder.payload(bytes(in)).answer(bytes(in)).build();
  }

  private String name(ByteBuffer in) {
    String read = new String(bytes(in), StandardCharsets.UTF_8);
    String known = names.get(read);
    if (known != null) {
      return known;
    }
    if (names.size() < MAX_NAMES) {
      names.put(read, read);
    }
    return read;
  }

  private static byte[] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static void writeString(String text, ByteBuffer out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.putInt(utf8.length).put(utf8);
  }

  /** As many bytes as getBytes gives: a lone surrogate becomes one question mark. */
  private static long stringSize(String text) {
    long size = 4;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        size += 1;
      } else if (c < 0x800) {
        size += 2;
      } else if (!Character.isSurrogate(c)) {
        size += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        size += 4;
        i++;
      } else {
        size += 1;
      }
    }
    return size;
  }
}
