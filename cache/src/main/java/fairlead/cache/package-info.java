/** Exact and semantic answer cache. */
@NullMarked
package fairlead.cache;

import org.jspecify.annotations.NullMarked;
