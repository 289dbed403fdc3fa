/** Finds the most similar stored prose in one partition, in plain arrays and without locks. */
@NullMarked
package fairlead.cache.index;

import org.jspecify.annotations.NullMarked;
