/** Sentences as short vectors: a tokenizer, a table with a vector for every token, their sum. */
@NullMarked
package fairlead.cache.embed;

import org.jspecify.annotations.NullMarked;
