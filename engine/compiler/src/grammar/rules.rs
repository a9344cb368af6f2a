//! Python's grammar, with the rules that explain mistakes (`bad_...`), which are tried in a second pass only.
//!
//! A line is a rule; indented lines go on with it. `[x]` is optional, `s.x+` repeats x with s between, `&` and `!` look
//! ahead, `&&` must follow, `^5"..."` says what exists since Python 3.5 only, `~` commits to an alternative, `name:item` names an item. `=> Kind` makes a node of the alternative, of the items
//! `@` marks; `=> error(where, "message")` explains. Without, an alternative of one item is that item.

pub const RULES: &str = r#"
file: [statements] EOF
eval: expressions NEWLINE* EOF
func_type: '(' [type_expressions] ')' '->' expression NEWLINE* EOF
type_expressions: ','.expression+ ',' '*' expression ',' '**' expression | ','.expression+ ',' '*' expression
  | ','.expression+ ',' '**' expression | '*' expression ',' '**' expression | '*' expression | '**' expression
  | ','.expression+
interactive: compound_stmt NEWLINE | simple_stmts | NEWLINE | EOF

statements: statement+
statement: compound_stmt | simple_stmts
simple_stmts: simple_stmt !';' NEWLINE | ';'.simple_stmt+ [';'] NEWLINE
simple_stmt: assignment | &'type' type_alias | star_expressions | &'return' return_stmt
  | &('import' | 'from') import_stmt | &'raise' raise_stmt | 'pass' | &'del' del_stmt | &'yield' yield_expr
  | &'assert' assert_stmt | 'break' | 'continue' | &'global' global_stmt | &'nonlocal' nonlocal_stmt
compound_stmt: &('def' | '@' | 'async') function_def | &'if' if_stmt | &('class' | '@') class_def
  | &('with' | 'async') with_stmt | &('for' | 'async') for_stmt | &'try' try_stmt | &'while' while_stmt | match_stmt

assignment: NAME ':' expression ['=' annotated_rhs] ^6"Variable annotation syntax is"
  | ('(' single_target ')' | single_subscript_attribute_target) ':' expression ['=' annotated_rhs]
    ^6"Variable annotations syntax is"
  | (star_targets '=')+ annotated_rhs !'=' [TYPE_COMMENT]
  | single_target augassign ~ annotated_rhs
  | bad_assignment
annotated_rhs: yield_expr | star_expressions
augassign: '+=' | '-=' | '*=' | '@=' ^5"The '@' operator is" | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
return_stmt: 'return' [star_expressions]
raise_stmt: 'raise' expression ['from' expression] | 'raise'
global_stmt: 'global' ','.NAME+
nonlocal_stmt: 'nonlocal' ','.NAME+
del_stmt: 'del' del_targets &(';' | NEWLINE) | bad_del
assert_stmt: 'assert' expression [',' expression]
import_stmt: bad_import | import_name | import_from
import_name: 'import' dotted_as_names
import_from: 'from' ('.' | '...')* dotted_name 'import' import_from_targets
  | 'from' ('.' | '...')+ 'import' import_from_targets
import_from_targets: '(' import_from_as_names [','] ')' | import_from_as_names !',' | '*' | bad_import_from_targets
import_from_as_names: ','.import_from_as_name+
import_from_as_name: bad_import_from_as_name | NAME ['as' NAME]
dotted_as_names: ','.dotted_as_name+
dotted_as_name: bad_dotted_as_name | dotted_name ['as' NAME]
dotted_name: '.'.NAME+

block: NEWLINE INDENT statements DEDENT | simple_stmts | bad_block
decorators: ('@' named_expression NEWLINE)+
class_def: decorators class_raw | class_raw
class_raw: bad_class_raw | 'class' NAME [type_params] ['(' [arguments] ')'] ':' block
function_def: decorators function_raw | function_raw
function_raw: bad_def_raw | 'def' NAME [type_params] &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block
  | 'async' 'def' NAME [type_params] &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block
    ^5"Async functions are"
func_type_comment: NEWLINE TYPE_COMMENT &(NEWLINE INDENT) | bad_double_type_comments | TYPE_COMMENT

params: bad_parameters | parameters
parameters: slash_no_default param_no_default* param_with_default* [star_etc] ^8"Positional-only parameters are"
  | slash_with_default param_with_default* [star_etc] ^8"Positional-only parameters are"
  | param_no_default+ param_with_default* [star_etc]
  | param_with_default+ [star_etc]
  | star_etc
slash_no_default: param_no_default+ '/' ',' | param_no_default+ '/' &')'
slash_with_default: param_no_default* param_with_default+ '/' ',' | param_no_default* param_with_default+ '/' &')'
star_etc: bad_star_etc | '*' param_no_default param_maybe_default* [kwds]
  | '*' param_no_default_star param_maybe_default* [kwds]
  | '*' ',' param_maybe_default+ [kwds] | kwds
kwds: bad_kwds | '**' param_no_default
param_no_default: @param ',' [TYPE_COMMENT] => Group | @param [TYPE_COMMENT] &')' => Group
param_no_default_star: NAME ':' star_expression ',' [TYPE_COMMENT] | NAME ':' star_expression [TYPE_COMMENT] &')'
param_with_default: param default ',' [TYPE_COMMENT] | param default [TYPE_COMMENT] &')'
param_maybe_default: param [default] ',' [TYPE_COMMENT] | param [default] [TYPE_COMMENT] &')'
param: NAME [annotation] => Param
annotation: ':' expression
default: '=' expression | bad_default

if_stmt: bad_if | 'if' named_expression ':' block elif_stmt | 'if' named_expression ':' block [else_block]
elif_stmt: bad_elif | 'elif' named_expression ':' block elif_stmt | 'elif' named_expression ':' block [else_block]
else_block: bad_else | 'else' &&':' block
while_stmt: bad_while | 'while' named_expression ':' block [else_block]
for_stmt: bad_for | 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block]
  | 'async' 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block] ^5"Async for loops are" | bad_for_target
with_stmt: bad_with_indent | 'with' '(' ','.with_item+ [','] ')' ':' [TYPE_COMMENT] block
  | 'with' ','.with_item+ ':' [TYPE_COMMENT] block
  | 'async' 'with' '(' ','.with_item+ [','] ')' ':' [TYPE_COMMENT] block ^5"Async with statements are"
  | 'async' 'with' ','.with_item+ ':' [TYPE_COMMENT] block ^5"Async with statements are" | bad_with
with_item: expression 'as' star_target &(',' | ')' | ':') | bad_with_item | expression
try_stmt: bad_try | 'try' &&':' block finally_block | 'try' &&':' block except_block+ [else_block] [finally_block]
  | 'try' &&':' block except_star_block+ [else_block] [finally_block] ^11"Exception groups are"
except_block: bad_except_indent | 'except' expression ':' block
  | 'except' expressions ':' block ^14"except expressions without parentheses are" | 'except' expression 'as' NAME ':' block
  | 'except' ':' block | bad_except
except_star_block: bad_except_star_indent | 'except' '*' expression ':' block
  | 'except' '*' expressions ':' block ^14"except expressions without parentheses are"
  | 'except' '*' expression 'as' NAME ':' block | bad_except_star
finally_block: bad_finally | 'finally' &&':' block

match_stmt: 'match' subject_expr ':' NEWLINE INDENT case_block+ DEDENT ^10"Pattern matching is" | bad_match
subject_expr: star_named_expression ',' [star_named_expressions] | named_expression
case_block: bad_case | 'case' patterns [guard] ':' block
guard: 'if' named_expression
patterns: open_sequence_pattern | pattern
pattern: as_pattern | or_pattern
as_pattern: or_pattern 'as' pattern_capture_target | bad_as_pattern
or_pattern: '|'.closed_pattern+
closed_pattern: literal_pattern | capture_pattern | wildcard_pattern | value_pattern | group_pattern
  | sequence_pattern | mapping_pattern | class_pattern
literal_pattern: literal_expr
literal_expr: signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
complex_number: a:signed_number ('+' | '-') b:NUMBER => complex(a, b)
signed_number: NUMBER | '-' NUMBER
capture_pattern: pattern_capture_target
pattern_capture_target: !'_' NAME !('.' | '(' | '=')
wildcard_pattern: '_'
value_pattern: attr !('.' | '(' | '=')
attr: NAME ('.' NAME)+
name_or_attr: '.'.NAME+
group_pattern: '(' pattern ')'
sequence_pattern: '[' [maybe_sequence_pattern] ']' | '(' [open_sequence_pattern] ')'
open_sequence_pattern: maybe_star_pattern ',' [maybe_sequence_pattern]
maybe_sequence_pattern: ','.maybe_star_pattern+ [',']
maybe_star_pattern: star_pattern | pattern
star_pattern: '*' pattern_capture_target | '*' wildcard_pattern
mapping_pattern: '{' '}' | '{' double_star_pattern [','] '}'
  | '{' items_pattern ',' double_star_pattern [','] '}' | '{' items_pattern [','] '}'
items_pattern: ','.key_value_pattern+
key_value_pattern: (literal_expr | attr) ':' pattern
double_star_pattern: '**' pattern_capture_target
class_pattern: name_or_attr '(' ')' | name_or_attr '(' positional_patterns [','] ')'
  | name_or_attr '(' keyword_patterns [','] ')'
  | name_or_attr '(' positional_patterns ',' keyword_patterns [','] ')' | bad_class_pattern
positional_patterns: ','.pattern+ => Args
keyword_patterns: ','.keyword_pattern+
keyword_pattern: NAME '=' pattern

type_alias: 'type' NAME [type_params] '=' expression ^12"Type statement is"
type_params: bad_type_params | '[' type_param_seq ']' ^12"Type parameter lists are"
type_param_seq: ','.type_param+ [',']
type_param: NAME [type_bound] [type_default] | bad_type_param | '*' NAME [type_star_default] | '**' NAME [type_default]
type_bound: ':' expression
type_default: '=' expression ^13"Type parameter defaults are"
type_star_default: '=' star_expression ^13"Type parameter defaults are"

expressions: @expression @(',' expression)+ [','] => Tuple | @expression ',' => Tuple | expression
expression: bad_expression | bad_legacy_expression | disjunction 'if' disjunction 'else' expression => IfExp
  | disjunction | lambda
yield_expr: 'yield' 'from' expression => Yield | 'yield' [star_expressions] => Yield
star_expressions: @star_expression @(',' star_expression)+ [','] => Tuple | @star_expression ',' => Tuple | star_expression
star_expression: '*' @bitwise_or => Starred | expression
star_named_expressions: ','.star_named_expression+ [',']
star_named_expression: '*' @bitwise_or => Starred | named_expression
assignment_expression: NAME ':=' ~ expression ^8"Assignment expressions are" => NamedExpr
named_expression: assignment_expression | bad_named_expression | expression !':='
disjunction: conjunction ('or' conjunction)+ => BoolOp | conjunction
conjunction: inversion ('and' inversion)+ => BoolOp | inversion
inversion: 'not' inversion => UnaryOp | comparison
comparison: @bitwise_or @compare_op+ => Compare | bitwise_or
compare_op: '==' bitwise_or | '!=' bitwise_or | '<=' bitwise_or | '<' bitwise_or | '>=' bitwise_or | '>' bitwise_or
  | 'not' 'in' bitwise_or | 'in' bitwise_or => In | 'is' 'not' bitwise_or | 'is' bitwise_or
bitwise_or: bitwise_or '|' bitwise_xor => BinOp | bitwise_xor
bitwise_xor: bitwise_xor '^' bitwise_and => BinOp | bitwise_and
bitwise_and: bitwise_and '&' shift_expr => BinOp | shift_expr
shift_expr: shift_expr ('<<' | '>>') sum => BinOp | bad_arithmetic | sum
sum: sum ('+' | '-') term => BinOp | term
term: term ('*' | '/' | '//' | '%') factor => BinOp | term '@' factor ^5"The '@' operator is" => BinOp | bad_factor | factor
factor: ('+' | '-' | '~') factor => UnaryOp | power
power: await_primary '**' factor => BinOp | await_primary
await_primary: 'await' primary ^5"Await expressions are" => Await | primary
primary: primary '.' NAME => Attribute | primary genexp => Call | primary '(' [arguments] ')' => Call
  | primary '[' slices ']' => Subscript | atom
slices: slice !',' | ','.(slice | starred_expression)+ [','] => Tuple
slice: [expression] ':' [expression] [':' [expression]] => Slice | named_expression
atom: NAME => Name | 'True' => True | 'False' => False | 'None' => None | &(STRING | START | TSTART) strings | NUMBER => Literal
  | &'(' (tuple | group | genexp) | &'[' (list | listcomp) | &'{' (dict | set | dictcomp | setcomp)
  | '...' => Ellipsis
group: '(' @(yield_expr | named_expression) ')' => Group | bad_group
lambda: 'lambda' [lambda_params] ':' expression => Lambda
lambda_params: bad_lambda_parameters | lambda_parameters
lambda_parameters: lambda_slash_no_default lambda_param_no_default* lambda_param_with_default* [lambda_star_etc]
    ^8"Positional-only parameters are"
  | lambda_slash_with_default lambda_param_with_default* [lambda_star_etc] ^8"Positional-only parameters are"
  | lambda_param_no_default+ lambda_param_with_default* [lambda_star_etc]
  | lambda_param_with_default+ [lambda_star_etc]
  | lambda_star_etc
lambda_slash_no_default: lambda_param_no_default+ '/' ',' | lambda_param_no_default+ '/' &':'
lambda_slash_with_default: lambda_param_no_default* lambda_param_with_default+ '/' ','
  | lambda_param_no_default* lambda_param_with_default+ '/' &':'
lambda_star_etc: bad_lambda_star_etc | '*' lambda_param_no_default lambda_param_maybe_default* [lambda_kwds]
  | '*' ',' lambda_param_maybe_default+ [lambda_kwds] | lambda_kwds
lambda_kwds: bad_lambda_kwds | '**' lambda_param_no_default
lambda_param_no_default: @NAME ',' => Group | @NAME &':' => Group
lambda_param_with_default: NAME default ',' | NAME default &':'
lambda_param_maybe_default: NAME [default] ',' | NAME [default] &':'

strings: string_part+ => Strings
string_part: fstring => FString | tstring => TString | a:STRING => bytes(a)
fstring: START fpart* END
tstring: TSTART fpart* END ^14"t-strings are"
fpart: replacement_field | a:MIDDLE => escapes(a)
replacement_field: '{' annotated_rhs ['='] [conversion] [full_format_spec] '}' | bad_replacement_field
conversion: a:'!' b:NAME => conversion(a, b)
full_format_spec: ':' spec_part*
spec_part: MIDDLE | replacement_field

list: '[' @[star_named_expressions] ']' => List
tuple: '(' @[star_named_expression ',' [star_named_expressions]] ')' => Tuple
set: '{' star_named_expressions '}' => Set
dict: '{' [double_starred_kvpairs] '}' => Dict | '{' bad_double_starred_kvpairs '}'
double_starred_kvpairs: ','.double_starred_kvpair+ [',']
double_starred_kvpair: '**' bitwise_or | kvpair
kvpair: expression ':' expression
for_if_clauses: for_if_clause+ => Clauses
for_if_clause: 'async' 'for' star_targets 'in' ~ disjunction ('if' disjunction)* ^6"Async comprehensions are"
  | 'for' @star_targets 'in' ~ @disjunction @('if' disjunction)* => Clause | bad_for_if_clause | bad_for_target
listcomp: '[' named_expression for_if_clauses ']' => ListComp | bad_comprehension
setcomp: '{' named_expression for_if_clauses '}' => SetComp | bad_comprehension
genexp: '(' (assignment_expression | expression !':=') for_if_clauses ')' => GenExp | bad_comprehension
dictcomp: '{' kvpair for_if_clauses '}' => DictComp | bad_dict_comprehension
arguments: args [','] &')' | bad_arguments
args: ','.(starred_expression | (assignment_expression | expression !':=') !'=')+ [',' @kwargs] => Args | kwargs => Kwargs
kwargs: ','.kwarg_or_starred+ ',' ','.kwarg_or_double_starred+ | ','.kwarg_or_starred+ | ','.kwarg_or_double_starred+
starred_expression: bad_starred_unpacking | '*' @expression => Starred | bad_starred
kwarg_or_starred: bad_kwarg | NAME '=' expression | starred_expression
kwarg_or_double_starred: bad_kwarg | NAME '=' expression | '**' expression => DoubleStar

star_targets: @star_target !',' => Group | @star_target @(',' star_target)* [','] => Tuple
star_targets_list: ','.star_target+ [',']
star_targets_tuple: star_target (',' star_target)+ [','] | star_target ','
star_target: '*' @(!'*' star_target) => Starred | target_with_star_atom
target_with_star_atom: t_primary '.' NAME !t_lookahead => Attribute
  | t_primary '[' slices ']' !t_lookahead => Subscript | star_atom
star_atom: NAME => Name | '(' @target_with_star_atom ')' => Group | '(' @[star_targets_tuple] ')' => Tuple
  | '[' @[star_targets_list] ']' => List
single_target: single_subscript_attribute_target | NAME => Name | '(' @single_target ')' => Group
single_subscript_attribute_target: t_primary '.' NAME !t_lookahead => Attribute
  | t_primary '[' slices ']' !t_lookahead => Subscript
t_primary: t_primary '.' NAME &t_lookahead => Attribute | t_primary '[' slices ']' &t_lookahead => Subscript
  | t_primary genexp &t_lookahead => Call | t_primary '(' [arguments] ')' &t_lookahead => Call
  | @atom &t_lookahead => Group
t_lookahead: '(' | '[' | '.'
del_targets: ','.del_target+ [',']
del_target: t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | del_t_atom
del_t_atom: NAME | '(' del_target ')' | '(' [del_targets] ')' | '[' [del_targets] ']'

bad_arguments: (','.(starred_expression | (assignment_expression | expression !':=') !'=')+ ',' kwargs | kwargs) a:',' starred_expression
    => from(a, "iterable argument unpacking follows keyword argument unpacking")
  | a:expression b:for_if_clauses ',' [args | expression for_if_clauses] => clause_end(a, b, "Generator expression must be parenthesized")
  | a:NAME b:'=' expression for_if_clauses => range(a, b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
  | [args ','] a:NAME b:'=' &(',' | ')') => range(a, b, "expected argument value expression")
  | a:args b:for_if_clauses => bare_genexp(a, b)
  | args ',' a:expression b:for_if_clauses => clause_target(a, b, "Generator expression must be parenthesized")
  | a:args ',' args => argument_order(a)
bad_kwarg: a:('True' | 'False' | 'None') b:'=' => range(a, b, "cannot assign to {token}")
  | a:NAME b:'=' expression for_if_clauses => range(a, b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
  | !(NAME '=') a:expression b:'=' => range(a, b, "expression cannot contain assignment, perhaps you meant \"==\"?")
  | a:'**' expression '=' b:expression => range(a, b, "cannot assign to keyword argument unpacking")
bad_starred_unpacking: a:'*' expression '=' b:expression => range(a, b, "cannot assign to iterable argument unpacking")
bad_starred: '*' => last("Invalid star expression")
bad_expression: STRING b:string_middle STRING => range(b, b, "invalid syntax. Is this intended to be part of the string?")
  | !(NAME STRING | SOFT) a:disjunction b:expression_plain => forgotten_comma(a, b)
  | a:disjunction 'if' b:disjunction !('else' | ':') => range(a, b, "expected 'else' after 'if' expression")
  | a:disjunction 'if' b:disjunction 'else' !expression => next("expected expression after 'else', but statement is given")
  | a:('pass' | 'break' | 'continue') 'if' disjunction 'else' simple_stmt
    => at(a, "expected expression before 'if', but statement is given")
  | a:'lambda' [lambda_params] b:':' &(MIDDLE | '}') => field_range(a, b, "{f}: lambda expressions are not allowed without parentheses")
expression_plain: quiet_expression
string_middle: (!STRING quiet_expression)+
quiet_expression: disjunction 'if' disjunction 'else' expression => IfExp | disjunction | lambda
bad_legacy_expression: a:NAME !'(' b:star_expressions => legacy(a, b)
bad_named_expression: a:expression ':=' expression => at(a, "cannot use assignment expressions with {expr}")
  | a:NAME '=' b:bitwise_or !('=' | ':=') => range(a, b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
  | !(list | tuple | genexp | 'True' | 'None' | 'False') a:bitwise_or b:'=' bitwise_or !('=' | ':=')
    => at(a, "cannot assign to {expr} here. Maybe you meant '==' instead of '='?")
bad_assignment: a:bad_ann_assign_target ':' expression => at(a, "only single target (not {expr}) can be annotated")
  | a:star_named_expression ',' star_named_expressions* ':' expression => at(a, "only single target (not tuple) can be annotated")
  | a:expression ':' expression => at(a, "illegal target for annotation")
  | (star_targets '=')* a:star_expressions '=' => invalid_target(a, "cannot assign to {expr}")
  | (star_targets '=')* a:yield_expr '=' => at(a, "assignment to yield expression not possible")
  | a:star_expressions augassign annotated_rhs => at(a, "'{expr}' is an illegal expression for augmented assignment")
bad_ann_assign_target: list | tuple | '(' @bad_ann_assign_target ')' => Group
bad_del: 'del' a:star_expressions => del_target(a, "cannot delete {expr}")
bad_block: NEWLINE !INDENT => indent("expected an indented block")
bad_comprehension: ('[' | '(' | '{') a:starred_expression for_if_clauses => at(a, "iterable unpacking cannot be used in comprehension")
  | ('[' | '{') a:star_named_expression ',' b:star_named_expressions for_if_clauses
    => range(a, b, "did you forget parentheses around the comprehension target?")
  | ('[' | '{') a:star_named_expression b:',' for_if_clauses => range(a, b, "did you forget parentheses around the comprehension target?")
bad_dict_comprehension: '{' a:'**' bitwise_or for_if_clauses '}' => at(a, "dict unpacking cannot be used in dict comprehension")
bad_parameters: a:'/' ',' => at(a, "at least one argument must precede /")
  | (slash_no_default | slash_with_default) param_maybe_default* a:'/' => at(a, "/ may appear only once")
  | [slash_no_default] param_no_default* bad_parameters_helper a:param_no_default => at(a, "parameter without a default follows parameter with a default")
  | param_no_default* a:'(' param_no_default+ [','] b:')' => range(a, b, "Function parameters cannot be parenthesized")
  | [slash_no_default | slash_with_default] param_maybe_default* '*' (',' | param_no_default) param_maybe_default* a:'/' => at(a, "/ must be ahead of *")
  | param_maybe_default+ '/' a:'*' => at(a, "expected comma between / and *")
bad_parameters_helper: slash_with_default | param_with_default+
bad_default: a:'=' &(')' | ',') => at(a, "expected default value expression")
bad_double_type_comments: TYPE_COMMENT NEWLINE TYPE_COMMENT NEWLINE INDENT => last("Cannot have two type comments on def")
bad_star_etc: a:'*' (')' | ',' (')' | '**')) => at(a, "named arguments must follow bare *")
  | '*' ',' TYPE_COMMENT => last("bare * has associated type comment")
  | '*' param a:'=' => at(a, "var-positional argument cannot have default value")
  | '*' (param_no_default | ',') param_maybe_default* a:'*' (param_no_default | ',') => at(a, "* argument may appear only once")
bad_kwds: '**' param a:'=' => at(a, "var-keyword argument cannot have default value")
  | '**' param ',' a:param => at(a, "arguments cannot follow var-keyword argument")
  | '**' param ',' a:('*' | '**' | '/') => at(a, "arguments cannot follow var-keyword argument")
bad_lambda_parameters: a:'/' ',' => at(a, "at least one argument must precede /")
  | (lambda_slash_no_default | lambda_slash_with_default) lambda_param_maybe_default* a:'/' => at(a, "/ may appear only once")
  | [lambda_slash_no_default] lambda_param_no_default* bad_lambda_parameters_helper a:lambda_param_no_default
    => at(a, "parameter without a default follows parameter with a default")
  | lambda_param_no_default* a:'(' ','.NAME+ [','] b:')' => range(a, b, "Lambda expression parameters cannot be parenthesized")
  | [lambda_slash_no_default | lambda_slash_with_default] lambda_param_maybe_default* '*' (',' | lambda_param_no_default) lambda_param_maybe_default* a:'/'
    => at(a, "/ must be ahead of *")
  | lambda_param_maybe_default+ '/' a:'*' => at(a, "expected comma between / and *")
bad_lambda_parameters_helper: lambda_slash_with_default | lambda_param_with_default+
bad_lambda_star_etc: '*' (':' | ',' (':' | '**')) => last("named arguments must follow bare *")
  | '*' NAME a:'=' => at(a, "var-positional argument cannot have default value")
  | '*' (lambda_param_no_default | ',') lambda_param_maybe_default* a:'*' (lambda_param_no_default | ',') => at(a, "* argument may appear only once")
bad_lambda_kwds: '**' NAME a:'=' => at(a, "var-keyword argument cannot have default value")
  | '**' NAME ',' a:NAME => at(a, "arguments cannot follow var-keyword argument")
  | '**' NAME ',' a:('*' | '**' | '/') => at(a, "arguments cannot follow var-keyword argument")
bad_with_item: expression 'as' a:expression &(',' | ')' | ':') => invalid_target(a, "cannot assign to {expr}")
bad_for_if_clause: ['async'] 'for' (bitwise_or (',' bitwise_or)* [',']) !'in' => last("'in' expected after for-loop variables")
bad_for_target: ['async'] 'for' a:star_expressions => for_target(a, "cannot assign to {expr}")
bad_group: '(' a:starred_expression ')' => at(a, "cannot use starred expression here")
  | '(' a:'**' expression ')' => at(a, "cannot use double starred expression here")
bad_import: a:'import' ','.dotted_name+ 'from' dotted_name => from(a, "Did you mean to use 'from ... import ...' instead?")
  | 'import' a:NEWLINE => from(a, "Expected one or more names after 'import'")
bad_dotted_as_name: dotted_name 'as' !(NAME (',' | ')' | ';' | NEWLINE)) a:expression => at(a, "cannot use {expr} as import target")
bad_import_from_as_name: NAME 'as' !(NAME (',' | ')' | ';' | NEWLINE)) a:expression => at(a, "cannot use {expr} as import target")
bad_import_from_targets: import_from_as_names ',' NEWLINE => last("trailing comma not allowed without surrounding parentheses")
  | a:NEWLINE => from(a, "Expected one or more names after 'import'")
bad_with: ['async'] 'with' ','.(expression ['as' star_target])+ NEWLINE => last("expected ':'")
  | ['async'] 'with' '(' ','.(expressions ['as' star_target])+ [','] ')' NEWLINE => last("expected ':'")
bad_with_indent: ['async'] a:'with' ','.(expression ['as' star_target])+ ':' NEWLINE !INDENT => indent_after(a, "'with' statement")
  | ['async'] a:'with' '(' ','.(expressions ['as' star_target])+ [','] ')' ':' NEWLINE !INDENT => indent_after(a, "'with' statement")
bad_try: a:'try' ':' NEWLINE !INDENT => indent_after(a, "'try' statement")
  | 'try' ':' block !('except' | 'finally') => last("expected 'except' or 'finally' block")
  | 'try' ':' block* except_block+ a:'except' b:'*' expression ['as' NAME] ':' => range(a, b, "cannot have both 'except' and 'except*' on the same 'try'")
  | 'try' ':' block* except_star_block+ a:'except' [expression ['as' NAME]] ':' => at(a, "cannot have both 'except' and 'except*' on the same 'try'")
bad_except: 'except' ['*'] a:expression ',' expressions 'as' NAME ':' => from(a, "multiple exception types must be parenthesized when using 'as'")
  | a:'except' expression ['as' NAME] NEWLINE => last("expected ':'")
  | a:'except' NEWLINE => last("expected ':'")
  | 'except' expression 'as' a:expression ':' block => at(a, "cannot use except statement with {expr}")
bad_except_star: 'except' '*' a:expression ',' expressions 'as' NAME ':' => from(a, "multiple exception types must be parenthesized when using 'as'")
  | a:'except' '*' expression ['as' NAME] NEWLINE => last("expected ':'")
  | a:'except' '*' (NEWLINE | ':') => last("expected one or more exception types")
  | 'except' '*' expression 'as' a:expression ':' block => at(a, "cannot use except* statement with {expr}")
bad_finally: a:'finally' ':' NEWLINE !INDENT => indent_after(a, "'finally' statement")
bad_except_indent: a:'except' expression ['as' NAME] ':' NEWLINE !INDENT => indent_after(a, "'except' statement")
  | a:'except' ':' NEWLINE !INDENT => indent_after(a, "'except' statement")
bad_except_star_indent: a:'except' '*' expression ['as' NAME] ':' NEWLINE !INDENT => indent_after(a, "'except*' statement")
bad_match: 'match' subject_expr NEWLINE => last("expected ':'")
  | a:'match' subject_expr ':' NEWLINE !INDENT => indent_after(a, "'match' statement")
bad_case: 'case' patterns [guard] NEWLINE => last("expected ':'")
  | a:'case' patterns [guard] ':' NEWLINE !INDENT => indent_after(a, "'case' statement")
bad_as_pattern: or_pattern 'as' a:'_' => at(a, "cannot use '_' as a target")
  | or_pattern 'as' a:expression => at(a, "cannot use {expr} as pattern target")
bad_class_pattern: name_or_attr '(' a:bad_class_argument_pattern => positional_pattern(a, "positional patterns follow keyword patterns")
bad_class_argument_pattern: [positional_patterns ','] keyword_patterns ',' @positional_patterns => Group
bad_if: 'if' named_expression NEWLINE => last("expected ':'")
  | a:'if' named_expression ':' NEWLINE !INDENT => indent_after(a, "'if' statement")
bad_elif: 'elif' named_expression NEWLINE => last("expected ':'")
  | a:'elif' named_expression ':' NEWLINE !INDENT => indent_after(a, "'elif' statement")
bad_else: a:'else' ':' NEWLINE !INDENT => indent_after(a, "'else' statement")
  | 'else' ':' block a:'elif' => at(a, "'elif' block follows an 'else' block")
bad_while: 'while' named_expression NEWLINE => last("expected ':'")
  | a:'while' named_expression ':' NEWLINE !INDENT => indent_after(a, "'while' statement")
bad_for: ['async'] 'for' star_targets 'in' star_expressions NEWLINE => last("expected ':'")
  | ['async'] a:'for' star_targets 'in' star_expressions ':' NEWLINE !INDENT => indent_after(a, "'for' statement")
bad_def_raw: ['async'] a:'def' NAME [type_params] '(' [params] ')' ['->' expression] ':' NEWLINE !INDENT => indent_after(a, "function definition")
  | ['async'] 'def' NAME [type_params] &&'(' [params] ')' ['->' expression] &&':' block
bad_class_raw: 'class' NAME [type_params] ['(' [arguments] ')'] NEWLINE => last("expected ':'")
  | a:'class' NAME [type_params] ['(' [arguments] ')'] ':' NEWLINE !INDENT => indent_after(a, "class definition")
bad_double_starred_kvpairs: ','.double_starred_kvpair+ ',' bad_kvpair
  | expression ':' a:'*' bitwise_or => from(a, "cannot use a starred expression in a dictionary value")
  | expression a:':' &('}' | ',') => at(a, "expression expected after dictionary key and ':'")
bad_kvpair: a:expression !':' => key_without_value(a, "':' expected after dictionary key")
  | expression ':' a:'*' bitwise_or => from(a, "cannot use a starred expression in a dictionary value")
  | expression a:':' &('}' | ',') => at(a, "expression expected after dictionary key and ':'")
bad_arithmetic: sum ('+' | '-' | '*' | '/' | '%' | '//' | '@') a:'not' b:inversion => range(a, b, "'not' after an operator must be parenthesized")
bad_factor: ('+' | '-' | '~') a:'not' b:factor => range(a, b, "'not' after an operator must be parenthesized")
bad_type_params: '[' a:']' => from(a, "Type parameter list cannot be empty")
bad_type_param: '*' NAME a:':' e:expression => bound(a, e, "cannot use {bound} with TypeVarTuple")
  | '**' NAME a:':' e:expression => bound(a, e, "cannot use {bound} with ParamSpec")
bad_replacement_field: '{' a:'=' => at(a, "{f}: valid expression required before '='")
  | '{' a:'!' => at(a, "{f}: valid expression required before '!'")
  | '{' a:':' => at(a, "{f}: valid expression required before ':'")
  | '{' a:'}' => at(a, "{f}: valid expression required before '}'")
  | '{' !annotated_rhs => next("{f}: expecting a valid expression after '{'")
  | '{' annotated_rhs !('=' | '!' | ':' | '}') => soft_next("{f}: expecting '=', or '!', or ':', or '}'")
  | '{' annotated_rhs '=' !('!' | ':' | '}') => soft_next("{f}: expecting '!', or ':', or '}'")
  | '{' annotated_rhs ['='] bad_conversion
  | '{' annotated_rhs ['='] ['!' NAME] !(':' | '}') => soft_next("{f}: expecting ':' or '}'")
  | '{' annotated_rhs ['='] ['!' NAME] ':' spec_part* !'}' => soft_next("{f}: expecting '}', or format specs")
  | '{' annotated_rhs ['='] ['!' NAME] !'}' => soft_next("{f}: expecting '}'")
bad_conversion: '!' &(':' | '}') => next("{f}: missing conversion character")
  | '!' !NAME => next("{f}: invalid conversion character")
"#;
