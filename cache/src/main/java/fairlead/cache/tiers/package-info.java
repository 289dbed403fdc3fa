/** The way of a look-up: from the exact tier over canonical texts to near ones, and of filling. */
@NullMarked
package fairlead.cache.tiers;

import org.jspecify.annotations.NullMarked;
