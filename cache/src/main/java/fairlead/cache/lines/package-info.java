/** Finds stored logs that have almost the same lines. */
@NullMarked
package fairlead.cache.lines;

import org.jspecify.annotations.NullMarked;
