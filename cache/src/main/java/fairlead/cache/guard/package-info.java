/** Judges on words whether two questions that look alike may share an answer. */
@NullMarked
package fairlead.cache.guard;

import org.jspecify.annotations.NullMarked;
