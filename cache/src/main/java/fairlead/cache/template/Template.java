package fairlead.cache.template;

import java.util.Arrays;

/**
 * What texts begin and end with around their payloads. Immutable; it may look into longer arrays,
 * which nobody changes.
 */
final class Template {
  private final byte[] head;
  final int prefix;
  private final byte[] tail;
  final int suffix;
  final long hash;

  /** The first {@code prefix} bytes of the head and the last {@code suffix} bytes of the tail. */
  Template(byte[] head, int prefix, byte[] tail, int suffix, long hash) {
    this.head = head;
    this.prefix = prefix;
    this.tail = tail;
    this.suffix = suffix;
    this.hash = hash;
  }

  boolean isCarriedBy(byte[] utf8, int from, int to) {
    int payloadFrom = from + prefix;
    int payloadTo = to - suffix;
    return payloadFrom < payloadTo
        && Arrays.equals(head, 0, prefix, utf8, from, payloadFrom)
        && Arrays.equals(tail, tail.length - suffix, tail.length, utf8, payloadTo, to);
  }

  boolean is(int withPrefix, int withSuffix) {
    return prefix == withPrefix && suffix == withSuffix;
  }

  /** The same without what it does not need. */
  Template trimmed() {
    byte[] before = Arrays.copyOf(head, prefix);
    byte[] behind = Arrays.copyOfRange(tail, tail.length - suffix, tail.length);
    return new Template(before, prefix, behind, suffix, hash);
  }
}
