/** From a configuration file to typed, validated settings. */
@NullMarked
package fairlead.server.config;

import org.jspecify.annotations.NullMarked;
