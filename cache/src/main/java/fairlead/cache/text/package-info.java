/** What a text is, and its form without what changes between two tellings of the same. */
@NullMarked
package fairlead.cache.text;

import org.jspecify.annotations.NullMarked;
