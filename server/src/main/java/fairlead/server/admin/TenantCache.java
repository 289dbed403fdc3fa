package fairlead.server.admin;

import fairlead.cache.CacheEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory for answers as one tenant sees it: entries of others are not there, whatever is asked
 * for. Thread-safe.
 *
 * <p>Its state is that of the whole, which is numbers only.
 */
public final class TenantCache implements CacheView {
  private final CacheView all;
  private final String tenant;

  public TenantCache(CacheView all, String tenant) {
    this.all = all;
    this.tenant = tenant;
  }

  @Override
  public Status status() {
    return all.status();
  }

  @Override
  public List<CacheEntry> find(CacheSelection selection, int limit) {
    CacheSelection own = own(selection);
    return own == null ? List.of() : all.find(own, limit);
  }

  @Override
  public long remove(CacheSelection selection) {
    CacheSelection own = own(selection);
    return own == null ? 0 : all.remove(own);
  }

  @Override
  public boolean durable() {
    return all.durable();
  }

  @Override
  public boolean feedback(Feedback feedback) {
    CacheSelection one = new CacheSelection(feedback.key(), null, null, tenant);
    // A key stands for one tenant's request for ever, so that nothing can change in between.
    return !all.find(one, 1).isEmpty() && all.feedback(feedback);
  }

  /** What of the selection is the tenant's; null: nothing. */
  private @Nullable CacheSelection own(CacheSelection selection) {
    String wanted = selection.tenant();
    return wanted == null || wanted.equals(tenant)
        ? new CacheSelection(selection.key(), selection.route(), selection.tag(), tenant)
        : null;
  }
}
