/** The command line. */
@NullMarked
package fairlead.server.cli;

import org.jspecify.annotations.NullMarked;
