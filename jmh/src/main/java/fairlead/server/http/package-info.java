/** Benchmarks of what this package keeps to itself. */
@NullMarked
package fairlead.server.http;

import org.jspecify.annotations.NullMarked;
