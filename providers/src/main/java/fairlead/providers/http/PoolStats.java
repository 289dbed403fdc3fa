package fairlead.providers.http;

/**
 * The pool's counters at one moment.
 *
 * @param open connections open or being opened
 * @param idle of these, unused at the moment
 * @param waiting calls that wait for a connection
 * @param created connections opened since the start
 * @param reused calls that got a connection used before
 * @param evicted idle connections closed for age, idleness or to make room
 * @param stale idle connections found closed by the server when they were wanted
 * @param retries requests repeated because the server cannot have got the first copy whole
 */
public record PoolStats(
    int open,
    int idle,
    int waiting,
    long created,
    long reused,
    long evicted,
    long stale,
    long retries) {}
