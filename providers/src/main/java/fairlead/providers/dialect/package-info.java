/** Translations between the chat hub and the providers' own wire forms. */
@NullMarked
package fairlead.providers.dialect;

import org.jspecify.annotations.NullMarked;
