/** What is publicly known of providers: base addresses, environment names, switches. */
@NullMarked
package fairlead.providers.catalogue;

import org.jspecify.annotations.NullMarked;
