/** Where answers are kept: in memory, in flight and on disk. */
@NullMarked
package fairlead.cache.store;

import org.jspecify.annotations.NullMarked;
