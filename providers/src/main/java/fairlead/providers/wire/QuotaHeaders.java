package fairlead.providers.wire;

import fairlead.providers.UpstreamResponse;
import java.util.function.LongSupplier;

/**
 * How much of its limits a provider's answer says is left.
 *
 * <p>Not thread-safe, reusable. Allocates nothing where the response can look up headers in place;
 * an answer without such headers costs one question.
 */
public final class QuotaHeaders {
  private final ByteRange value = new ByteRange();
  private double remainingShare = 1;
  private long resetMillis = -1;

  /**
   * Reads the response's headers.
   *
   * @param clockMillis the time of day; asked only if there are such headers
   * @return whether they tell anything; if not, all is taken to be left
   */
  public boolean read(UpstreamResponse response, LongSupplier clockMillis) {
    remainingShare = 1;
    resetMillis = -1;
    if (!response.mayHaveRateHeaders()) {
      return false;
    }
    long nowMillis = clockMillis.getAsLong();
    boolean any = false;
    for (int i = 0; i < RateHeader.ALL.size(); i++) {
      any |= limit(RateHeader.ALL.get(i), response, nowMillis);
    }
    value.clear();
    return any;
  }

  private boolean limit(RateHeader names, UpstreamResponse response, long nowMillis) {
    double remaining = number(names.remaining(), response);
    double limit = remaining < 0 ? -1 : number(names.limit(), response);
    if (limit <= 0) {
      return false;
    }
    double share = Math.min(1, remaining / limit);
    if (share > remainingShare) {
      return true;
    }
    long reset = -1;
    if (response.findHeader(names.reset(), value)) {
      reset = ResetTime.millis(value.array(), value.start(), value.end(), nowMillis);
    }
    // Of two that are equally short the later one counts.
    resetMillis = share < remainingShare ? reset : Math.max(reset, resetMillis);
    remainingShare = share;
    return true;
  }

  private double number(String name, UpstreamResponse response) {
    if (!response.findHeader(name, value) || value.isEmpty()) {
      return -1;
    }
    double number = 0;
    for (int i = value.start(); i < value.end(); i++) {
      byte b = value.array()[i];
      if (b == '-' && i == value.start() && value.length() > 1) {
        return 0; // more was used than there was
      }
      if (b < '0' || b > '9') {
        return -1;
      }
      number = number * 10 + (b - '0');
    }
    return number;
  }

  /** The smallest share of a limit that is left, from 0 to 1. */
  public double remainingShare() {
    return remainingShare;
  }

  /** How long until that limit is counted anew; -1 if the provider does not say. */
  public long resetMillis() {
    return resetMillis;
  }
}
