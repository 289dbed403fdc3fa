package fairlead.routing;

/**
 * How patient a provider's settings are with it.
 *
 * @param maxRetries repeats per call
 * @param patienceNanos the longest wait that a provider may ask for
 * @param baseNanos ceiling of the first random pause
 * @param maxNanos ceiling of all
 */
public record Retry(int maxRetries, long patienceNanos, long baseNanos, long maxNanos) {}
