package fairlead.server.governance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys callers may present, known only by their SHA-256.
 *
 * <p>Immutable. A look-up goes by the first bytes of the digest and compares the whole digest in
 * constant time; how long it takes says nothing about a key, because a caller cannot steer the
 * digest. Cost: one SHA-256 of the key by the caller of this class, then one probe, no allocation.
 */
public final class CallerKeys {
  /** SHA-256 digests have this many bytes. */
  public static final int DIGEST_BYTES = 32;

  private final Caller[] table;

  public CallerKeys(List<Caller> callers) {
    int size = Integer.highestOneBit(Math.max(1, callers.size())) * 4;
    table = new Caller[size];
    for (Caller caller : callers) {
      int slot = slot(caller.sha256);
      while (table[slot] != null) {
        slot = (slot + 1) & (size - 1);
      }
      table[slot] = caller;
    }
  }

  /** The caller whose key has this digest, or null. */
  public @Nullable Caller find(byte[] digest) {
    int slot = slot(digest);
    Caller found = null;
    while (table[slot] != null) {
      Caller candidate = table[slot];
      if (MessageDigest.isEqual(candidate.sha256, digest)) {
        found = candidate;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return found;
  }

  private int slot(byte[] digest) {
    int head = (digest[0] & 0xff) << 16 | (digest[1] & 0xff) << 8 | (digest[2] & 0xff);
    return head & (table.length - 1);
  }

  /** One caller: a name for logs and metrics, what it may use and what it shares. Immutable. */
  public static final class Caller {
    /** Stands for everybody where no keys are asked for. */
    public static final Caller ANYONE =
        new Caller("anyone", "anyone", new byte[DIGEST_BYTES], Set.of("*"));

    private final String name;
    private final byte[] sha256;
    private final Set<String> routes;
    private final boolean all;
    private final String tenant;
    private final byte[] tenantBytes;

    /** A caller who shares answers from memory with nobody. */
    public Caller(String name, byte[] sha256, Set<String> routes) {
      this(name, sha256, routes, null);
    }

    /**
     * @param cacheScope callers with the same one share answers from memory; null: nobody does
     */
    public Caller(String name, byte[] sha256, Set<String> routes, @Nullable String cacheScope) {
      this(cacheScope == null ? "key:" + name : "scope:" + cacheScope, name, sha256, routes);
    }

    private Caller(String tenant, String name, byte[] sha256, Set<String> routes) {
      if (sha256.length != DIGEST_BYTES) {
        throw new IllegalArgumentException("a SHA-256 has 32 bytes: " + sha256.length);
      }
      this.name = name;
      this.sha256 = Arrays.copyOf(sha256, DIGEST_BYTES);
      this.routes = Set.copyOf(routes);
      this.all = routes.contains("*");
      this.tenant = tenant;
      this.tenantBytes = tenant.getBytes(StandardCharsets.UTF_8);
    }

    public String name() {
      return name;
    }

    /** Whose answers from memory this caller may have; a key and a scope are never the same. */
    public String tenant() {
      return tenant;
    }

    /** The same as UTF-8; not to be changed. */
    public byte[] tenantBytes() {
      return tenantBytes;
    }

    /** Whether this caller may use the route or {@code provider/model} of that name. */
    public boolean mayUse(String route) {
      return all || routes.contains(route);
    }
  }
}
