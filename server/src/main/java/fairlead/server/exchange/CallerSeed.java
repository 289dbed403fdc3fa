package fairlead.server.exchange;

import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import fairlead.providers.wire.ByteRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What tells apart whose request it is and where it goes, as the beginning of its digest.
 *
 * <p>Not thread-safe, reusable. The last one is kept, since calls of one caller to one route follow
 * each other; else some ten nanoseconds. Allocates nothing.
 */
final class CallerSeed {
  private static final int MAX_MODEL_BYTES = 64;

  private final Digest digest;
  private final byte[] lastModel = new byte[MAX_MODEL_BYTES];
  private int lastModelLength;
  private @Nullable RouteCaching lastRoute;
  private byte @Nullable [] lastTenant;
  private long high;
  private long low;

  CallerSeed(HashSecret secret) {
    digest = new Digest(secret);
  }

  /**
   * Works it out.
   *
   * @param tenant never changed
   * @param model what is asked for
   * @param betas headers that change what is answered
   */
  @SuppressWarnings("ReferenceEquality") // another object is looked at, and may be the same
  void read(RouteCaching route, ByteRange scope, byte[] tenant, ByteRange model, ByteRange betas) {
    int length = model.length();
    if (route == lastRoute
        && tenant == lastTenant
        && scope.isEmpty()
        && betas.isEmpty()
        && Arrays.equals(
            model.array(), model.start(), model.end(), lastModel, 0, lastModelLength)) {
      return;
    }
    boolean usual = scope.isEmpty() && betas.isEmpty() && length <= MAX_MODEL_BYTES;
    lastRoute = usual ? route : null;
    lastTenant = tenant;
    if (usual) {
      System.arraycopy(model.array(), model.start(), lastModel, 0, length);
      lastModelLength = length;
    }
    digest.clear();
    digest.absorb(route.identity(), 0, route.identity().length);
    digest.absorb(scope.array(), scope.start(), scope.end());
    digest.absorb(tenant, 0, tenant.length);
    digest.absorb(model.array(), model.start(), model.end());
    digest.absorb(betas.array(), betas.start(), betas.end());
    high = digest.high();
    low = digest.low();
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }
}
