/** One call from its first byte to its settled account. */
@NullMarked
package fairlead.server.exchange;

import org.jspecify.annotations.NullMarked;
