/** End-to-end tests: the packaged jar as a process of its own, real clients, recorded exchanges. */
@NullMarked
package fairlead.e2e;

import org.jspecify.annotations.NullMarked;
