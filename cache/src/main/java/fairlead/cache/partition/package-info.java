/** What the indexes have in common: partitions of tenants, their bounds, and who goes at one. */
@NullMarked
package fairlead.cache.partition;

import org.jspecify.annotations.NullMarked;
