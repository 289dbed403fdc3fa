package fairlead.cache.store;

/**
 * What reading a {@link Journal} back has found.
 *
 * <p>Immutable.
 *
 * @param restored entries that live on
 * @param expired entries whose time was over
 * @param tornSegments segments that ended in the middle of a record, as after a kill; it was cut
 *     off
 * @param damagedRecords records whose bytes were not those that had been written; passed over
 * @param brokenSegments segments of which the rest could not be read
 * @param foreignSegments segments of another format or secret; passed over
 * @param millis how long it took
 */
public record Replay(
    int restored,
    int expired,
    int tornSegments,
    int damagedRecords,
    int brokenSegments,
    int foreignSegments,
    long millis) {
  /** Whether something was lost that no kill explains. */
  public boolean damaged() {
    return damagedRecords + brokenSegments + foreignSegments > 0;
  }
}
