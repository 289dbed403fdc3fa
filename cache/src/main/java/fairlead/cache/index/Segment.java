package fairlead.cache.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Up to 1,024 slots of a partition, as a struct of arrays that is only ever appended to.
 *
 * <p>One writer, any number of readers. Per slot: dims / 8 bytes of sign bits, dims bytes of
 * components, 20 bytes beside them, and 4 bytes per fact.
 */
final class Segment<T> {
  // A slot is written whole before count, which is volatile, says that it is there; readers read
  // count first and no slot beyond it. Nothing of a slot changes afterwards but its value, which
  // becomes null when the slot is buried; the place is never used again. Arrays never grow:
  // whoever needs room makes a larger segment and puts it where readers look for segments.

  static final int SLOTS = 1024;

  /** What the object and the headers of its eight arrays take. */
  private static final int OVERHEAD_BYTES = 200;

  private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(Object[].class);

  private final int dims;

  /** Words of sign bits beyond the first two. */
  private final int restWords;

  private final long[] head;
  private final long[] rest;
  private final byte[] rows;
  private final float[] scales;
  private final long[] expires;
  private final @Nullable Object[] values;

  /** Where the facts of each slot end, which is where those of the next begin. */
  private final int[] factEnds;

  private final int[] facts;

  private volatile int count;

  // The writer's own.
  private int live;
  private long earliestEnd = Long.MAX_VALUE;

  Segment(int dims, int slots, int factRoom) {
    this.dims = dims;
    restWords = dims / Long.SIZE - 2;
    head = new long[2 * slots];
    rest = new long[restWords * slots];
    rows = new byte[dims * slots];
    scales = new float[slots];
    expires = new long[slots];
    values = new Object[slots];
    factEnds = new int[slots];
    facts = new int[factRoom];
  }

  // Readers.

  /** Puts the best acceptable slot into the query if it beats what the query has. */
  void scan(Query<T> query, long nowMillis, SlotTest<? super T> test) {
    long[] bits = query.bits();
    long first = bits[0];
    long second = bits[1];
    int most = query.headLimit();
    long[] words = head;
    int end = 2 * count;
    for (int at = 0; at < end; at += 2) {
      int differ = Long.bitCount(first ^ words[at]) + Long.bitCount(second ^ words[at + 1]);
      if (differ <= most) {
        consider(at >> 1, differ, query, nowMillis, test);
      }
    }
  }

  private void consider(
      int slot, int headDiffer, Query<T> query, long nowMillis, SlotTest<? super T> test) {
    int differ = headDiffer;
    long[] bits = query.bits();
    for (int i = 0, at = slot * restWords; i < restWords; i++) {
      differ += Long.bitCount(bits[i + 2] ^ rest[at + i]);
    }
    if (differ > query.limit()) {
      return;
    }
    float score = query.cosine(rows, slot * dims, scales[slot]);
    if (!query.beats(score) || nowMillis >= expires[slot]) {
      return;
    }
    T value = value(slot);
    if (value != null && test.accept(value, facts, factsFrom(slot), score)) {
      query.found(value, score);
    }
  }

  @SuppressWarnings("unchecked") // only values of T are ever put there
  private @Nullable T value(int slot) {
    return (T) VALUES.getAcquire(values, slot);
  }

  private int factsFrom(int slot) {
    return slot == 0 ? 0 : factEnds[slot - 1];
  }

  // The writer.

  int count() {
    return count;
  }

  int live() {
    return live;
  }

  boolean fits(int factsLength) {
    return count < values.length && factsUsed() + factsLength <= facts.length;
  }

  /** Whether there is nothing left to give back but the room for 1/16 more facts. */
  boolean tight() {
    return count == values.length && facts.length - factsUsed() <= facts.length >> 4;
  }

  /** What this many slots may need if their facts are as long as these here. */
  int factRoom(int slots) {
    return (int) ((long) factsUsed() * slots / count);
  }

  private int factsUsed() {
    return factsFrom(count);
  }

  /** A segment with the same live slots, and room for as many again and facts of this length. */
  Segment<T> larger(int factsLength) {
    int slots = Math.min(SLOTS, Math.max(live + 1, 2 * live));
    long used = (long) liveFacts() + factsLength;
    long room = Math.max(used + (used >> 4), used * slots / (live + 1));
    Segment<T> copy = new Segment<>(dims, slots, (int) Math.min(room, Integer.MAX_VALUE - 8));
    copy.takeLive(this);
    return copy;
  }

  /** A segment with the same live slots, and with those of another, without room for more. */
  Segment<T> exact(@Nullable Segment<T> with) {
    int slots = live + (with == null ? 0 : with.live);
    int factRoom = liveFacts() + (with == null ? 0 : with.liveFacts());
    Segment<T> copy = new Segment<>(dims, slots, factRoom);
    copy.takeLive(this);
    if (with != null) {
      copy.takeLive(with);
    }
    return copy;
  }

  private void takeLive(Segment<T> from) {
    int words = from.restWords;
    int n = from.count;
    for (int i = 0; i < n; i++) {
      T value = from.value(i);
      if (value == null) {
        continue;
      }
      int slot = count;
      System.arraycopy(from.head, 2 * i, head, 2 * slot, 2);
      System.arraycopy(from.rest, words * i, rest, words * slot, words);
      System.arraycopy(from.rows, dims * i, rows, dims * slot, dims);
      int factsAt = from.factsFrom(i);
      int length = from.factEnds[i] - factsAt;
      finish(slot, value, from.scales[i], from.facts, factsAt, length, from.expires[i]);
    }
  }

  void append(
      T value,
      long[] bits,
      byte[] row,
      float scale,
      int[] newFacts,
      int factsLength,
      long expiresAtMillis) {
    int slot = count;
    System.arraycopy(bits, 0, head, 2 * slot, 2);
    System.arraycopy(bits, 2, rest, restWords * slot, restWords);
    System.arraycopy(row, 0, rows, dims * slot, dims);
    finish(slot, value, scale, newFacts, 0, factsLength, expiresAtMillis);
  }

  private void finish(
      int slot, T value, float scale, int[] from, int factsAt, int length, long expiresAtMillis) {
    int to = factsFrom(slot);
    System.arraycopy(from, factsAt, facts, to, length);
    factEnds[slot] = to + length;
    scales[slot] = scale;
    expires[slot] = expiresAtMillis;
    values[slot] = value;
    earliestEnd = Math.min(earliestEnd, expiresAtMillis);
    live++;
    count = slot + 1;
  }

  private int liveFacts() {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      if (values[i] != null) {
        sum += factEnds[i] - factsFrom(i);
      }
    }
    return sum;
  }

  /** The live value there; null when it is buried. */
  @Nullable T at(int slot) {
    return value(slot);
  }

  /** Where a value lies; -1 when it does not. */
  @SuppressWarnings("ReferenceEquality") // entries are told apart by identity
  int indexOf(T value) {
    int n = count;
    for (int i = 0; i < n; i++) {
      if (values[i] == value) {
        return i;
      }
    }
    return -1;
  }

  void bury(int slot) {
    if (values[slot] != null) {
      VALUES.setRelease(values, slot, null);
      live--;
    }
  }

  /** Buries what has ended; returns how many. */
  int expire(long nowMillis) {
    if (nowMillis < earliestEnd) {
      return 0;
    }
    int before = live;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      if (values[i] != null) {
        if (nowMillis >= expires[i]) {
          bury(i);
        } else {
          earliest = Math.min(earliest, expires[i]);
        }
      }
    }
    earliestEnd = earliest;
    return before - live;
  }

  /** Buries what the test is true of; returns how many. */
  int buryIf(Predicate<? super T> test) {
    int before = live;
    for (int i = 0; i < count; i++) {
      T value = value(i);
      if (value != null && test.test(value)) {
        bury(i);
      }
    }
    return before - live;
  }

  /** Bytes of heap, roughly. */
  long bytes() {
    return OVERHEAD_BYTES
        + (long) values.length * (dims + dims / 8 + 20)
        + (long) facts.length * Integer.BYTES;
  }
}
