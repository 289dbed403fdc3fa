package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the store holds it.
 *
 * <p>Position and weight belong to the {@link Ledger} and are guarded by its lock; the rest is
 * thread-safe. 40 bytes.
 */
final class Held {
  /** Another key under which the entry is found. */
  record Alias(Key key, @Nullable Alias next) {}

  static final int NOT_YET = -1;
  static final int GONE = -2;

  /** This, its keys, Caffeine's node and the ledger's slot. */
  private static final int OVERHEAD_BYTES = 200;

  final Key key;
  final CacheEntry entry;
  final AtomicReference<@Nullable Alias> aliases = new AtomicReference<>();
  int position = NOT_YET;
  int weight;

  Held(CacheEntry entry) {
    this.key = new Key(entry.keyHigh(), entry.keyLow());
    this.entry = entry;
    this.weight = ownWeight();
  }

  /** What the entry weighs without its aliases. */
  int ownWeight() {
    return (int) Math.min(Integer.MAX_VALUE, (long) entry.weight() + OVERHEAD_BYTES);
  }

  /** Whether this key is its own, not an alias. */
  boolean owns(Key asked) {
    return key.equals(asked);
  }

  boolean has(Key alias) {
    for (Alias each = aliases.get(); each != null; each = each.next()) {
      if (each.key().equals(alias)) {
        return true;
      }
    }
    return false;
  }

  void add(Key alias) {
    @Nullable Alias first;
    do {
      first = aliases.get();
    } while (!aliases.compareAndSet(first, new Alias(alias, first)));
  }
}
