/** Metrics, health and logs. */
@NullMarked
package fairlead.server.observe;

import org.jspecify.annotations.NullMarked;
