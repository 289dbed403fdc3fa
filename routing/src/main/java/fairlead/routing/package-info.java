/** Pure routing decisions: no I/O, no clocks, no JSON; time and randomness are parameters. */
@NullMarked
package fairlead.routing;

import org.jspecify.annotations.NullMarked;
