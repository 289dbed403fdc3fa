/** What a second opinion on the likeness of two texts has to offer, wherever it comes from. */
@NullMarked
package fairlead.cache.judge;

import org.jspecify.annotations.NullMarked;
