package fairlead.cache.tiers;

import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import fairlead.cache.template.TemplateLearner;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What each partition has learned of the template its texts share.
 *
 * <p>Threads: any number of readers beside one writer. At most {@value #MOST} partitions are
 * learned of, 4 KB each at worst; when there are more, those that have learned nothing yet begin
 * anew: most partitions are conversations and hold a text or two. A look-up allocates one small
 * key.
 */
final class Templates {
  static final int MOST = 8_000;

  private final ConcurrentHashMap<Place, TemplateLearner> learners = new ConcurrentHashMap<>();

  private final Digest digest;

  Templates(HashSecret secret) {
    digest = new Digest(secret);
  }

  /** A partition of a tenant. */
  record Place(long high, long low, String tenant) {}

  /** What is known of the partition, or null. */
  @Nullable TemplateLearner find(String tenant, long high, long low) {
    return learners.get(new Place(high, low, tenant));
  }

  /** The learner of the partition, new if there is none; for the writer. */
  TemplateLearner of(String tenant, long high, long low) {
    Place place = new Place(high, low, tenant);
    TemplateLearner known = learners.get(place);
    if (known != null) {
      return known;
    }
    if (learners.size() >= MOST) {
      learners.values().removeIf(learner -> !learner.learned());
    }
    if (learners.size() >= MOST) {
      learners.clear();
    }
    TemplateLearner made = new TemplateLearner(digest);
    learners.put(place, made);
    return made;
  }
}
