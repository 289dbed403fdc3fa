/** The addresses callers use, one class per surface. */
@NullMarked
package fairlead.server.surface;

import org.jspecify.annotations.NullMarked;
