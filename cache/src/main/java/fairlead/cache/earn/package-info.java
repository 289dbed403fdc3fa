/** What a near answer must earn before it is served: checks, thresholds, blockers and their log. */
@NullMarked
package fairlead.cache.earn;

import org.jspecify.annotations.NullMarked;
