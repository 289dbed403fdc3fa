/** What thresholds would have done to traffic of the past: reading it, replaying it, reporting. */
@NullMarked
package fairlead.server.tune;

import org.jspecify.annotations.NullMarked;
