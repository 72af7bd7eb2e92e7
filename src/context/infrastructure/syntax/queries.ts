import type { Language } from "../../domain/code/language.ts";

/**
 * What is looked for in each grammar, as tree-sitter queries. A capture named after a kind of symbol is a definition, with
 * its `@name`, its `@body` where it has one, and the `@receiver` that it is a member of; `@call` is a called name; `@import` is
 * what is imported; `@test` is a call that defines a test, where `@runner` is one of the runners' functions; `@mark` stands
 * above a definition and belongs to it; `@items` are tokens in a macro's braces that may be definitions.
 */
const javascript = `
(function_declaration name: (identifier) @name body: (_) @body) @function
(generator_function_declaration name: (identifier) @name body: (_) @body) @function
(class_declaration name: (_) @name body: (_) @body) @class
(method_definition name: (_) @name body: (_) @body) @method
(pair key: (property_identifier) @name
  value: [(function_expression body: (_) @body) (arrow_function body: (statement_block) @body)]) @method
(program (lexical_declaration (variable_declarator name: (identifier) @name value: (_)? @value)) @constant)
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name value: (_)? @value))) @constant)
(program (variable_declaration (variable_declarator name: (identifier) @name value: (_)? @value)) @constant)
(variable_declarator name: (identifier) @name value: [(function_expression) (arrow_function)] @value) @constant
(assignment_expression left: (member_expression object: (_) @receiver property: (property_identifier) @name) right: [
  (function_expression body: (_) @body) (arrow_function body: (_) @body) (generator_function body: (_) @body)
  (assignment_expression right: [(function_expression body: (_) @body) (arrow_function body: (_) @body)])]) @function
(assignment_expression left: (member_expression object: (_) @receiver property: (property_identifier) @name)
  right: (class body: (_) @body)) @class
(export_statement "default" @name value: [(function_expression body: (_) @body) (arrow_function body: (_) @body)
  (binary_expression right: (function_expression body: (_) @body))]) @function
(export_statement "default" @name value: (class body: (_) @body)) @class
(program (expression_statement (call_expression function: (identifier) @callee
  arguments: (arguments . (identifier)? @receiver (function_expression name: (identifier) @name body: (_) @body) .))) @function
  (#not-any-of? @callee "describe" "context" "suite" "define"))
(import_statement source: (string) @import)
(export_statement source: (string) @import)
(call_expression function: (import) arguments: (arguments . (string) @import))
(call_expression function: (identifier) @require arguments: (arguments . (string) @import))
(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (property_identifier) @call))
(new_expression constructor: (identifier) @call)
(call_expression function: (identifier) @runner arguments: (arguments . [(string) (template_string)] @name)) @test
(call_expression function: (member_expression object: (identifier) @runner)
  arguments: (arguments . [(string) (template_string)] @name)) @test
(call_expression function: (call_expression function: (member_expression object: (identifier) @runner))
  arguments: (arguments . [(string) (template_string)] @name)) @test
`;

const jsx = `
(jsx_opening_element name: (identifier) @call)
(jsx_self_closing_element name: (identifier) @call)
`;

const typescript = `${javascript}
(abstract_class_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(enum_declaration name: (_) @name body: (_) @body) @enum
(type_alias_declaration name: (_) @name) @type
(internal_module name: (_) @name body: (_) @body) @module
(function_signature name: (identifier) @name) @function
(abstract_method_signature name: (_) @name) @method
(public_field_definition name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @method
(decorator) @mark
`;

export const queries: Readonly<Record<Language, string>> = {
  javascript: `${javascript}${jsx}
(field_definition property: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @method
(decorator) @mark
`,
  typescript,
  tsx: `${typescript}${jsx}`,
  python: `
(function_definition name: (identifier) @name body: (_) @body) @function
(class_definition name: (identifier) @name body: (_) @body) @class
(module (expression_statement (assignment left: (identifier) @name)) @constant)
(module (expression_statement (assignment left: (pattern_list (identifier) @name))) @constant)
(module [
  (if_statement (block (expression_statement (assignment left: (identifier) @name)) @constant))
  (try_statement (block (expression_statement (assignment left: (identifier) @name)) @constant))])
(type_alias_statement left: (type (identifier) @name)) @type
(decorator) @mark
(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (dotted_name) @import))
(import_from_statement) @import
(call function: (identifier) @call)
(call function: (attribute attribute: (identifier) @call))
(decorator (identifier) @call)
`,
  go: `
(function_declaration name: (identifier) @name body: (_)? @body) @function
(method_declaration receiver: (_) @receiver name: (field_identifier) @name body: (_)? @body) @method
(source_file (type_declaration (type_spec name: (type_identifier) @name type: (_) @body) @type))
(source_file (type_declaration (type_alias name: (type_identifier) @name) @type))
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @constant)))
(import_spec path: (_) @import)
(call_expression function: (identifier) @call)
(call_expression function: (selector_expression field: (field_identifier) @call))
(composite_literal type: (type_identifier) @call)
(composite_literal type: (qualified_type name: (type_identifier) @call))
`,
  java: `
(class_declaration name: (identifier) @name body: (_) @body) @class
(record_declaration name: (identifier) @name body: (_) @body) @class
(interface_declaration name: (identifier) @name body: (_) @body) @interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @interface
(enum_declaration name: (identifier) @name body: (_) @body) @enum
(method_declaration name: (identifier) @name body: (_)? @body) @method
(constructor_declaration name: (identifier) @name body: (_) @body) @method
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @method
(annotation_type_element_declaration name: (identifier) @name) @method
(enum_constant name: (identifier) @name body: (_) @body) @constant
(field_declaration (modifiers "static" "final") declarator: (variable_declarator name: (identifier) @name)) @constant
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @constant
(import_declaration) @import
(method_invocation name: (identifier) @call)
(object_creation_expression type: (type_identifier) @call)
(method_reference (identifier) @call .)
`,
  rust: `
(function_item name: (identifier) @name body: (_) @body) @function
(function_signature_item name: (identifier) @name) @function
(struct_item name: (type_identifier) @name body: (_)? @body) @type
(union_item name: (type_identifier) @name body: (_) @body) @type
(type_item name: (type_identifier) @name) @type
(enum_item name: (type_identifier) @name body: (_) @body) @enum
(trait_item name: (type_identifier) @name body: (_) @body) @trait
(impl_item type: (_) @name body: (_) @body) @impl
(mod_item name: (identifier) @name body: (_)? @body) @module
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro
(use_declaration argument: (_) @import)
(call_expression function: (identifier) @call)
(call_expression function: (scoped_identifier name: (identifier) @call))
(call_expression function: (field_expression field: (field_identifier) @call))
(struct_expression name: (type_identifier) @call)
(macro_invocation macro: (identifier) @call)
(token_tree (identifier) @call . (token_tree))
(attribute_item) @mark
(source_file (macro_invocation (token_tree "{") @items))
(declaration_list (macro_invocation (token_tree "{") @items))
`,
};
