/** Load driver and the side-by-side comparison of gateways. */
@NullMarked
package fairlead.loadtest;

import org.jspecify.annotations.NullMarked;
