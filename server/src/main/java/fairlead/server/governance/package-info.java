/** Who may call: callers' keys. */
@NullMarked
package fairlead.server.governance;

import org.jspecify.annotations.NullMarked;
