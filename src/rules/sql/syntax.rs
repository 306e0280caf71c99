//! A statement as a tree.

use regex_lite::Regex;

use super::function::Function;
use crate::rules::value::Value;
use crate::topic::TopicFilter;

/// A whole rule.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Statement {
    pub(in crate::rules) variables: Vec<Variable>,
    pub(in crate::rules) items: Items,
    pub(in crate::rules) filter: Option<TopicFilter>,
    pub(in crate::rules) condition: Option<Expr>,
}

/// `@name = expression`
#[derive(Clone, Debug)]
pub(in crate::rules) struct Variable {
    pub(in crate::rules) name: Box<str>,
    pub(in crate::rules) value: Expr,
}

#[derive(Clone, Debug)]
pub(in crate::rules) enum Items {
    /// `VALUE expression`, or `*` alone.
    Value(Expr),
    Members(Vec<Item>),
}

#[derive(Clone, Debug)]
pub(in crate::rules) struct Item {
    /// The way to the member that it makes; empty for `*`, whose members are taken over.
    pub(in crate::rules) name: Vec<Box<str>>,
    pub(in crate::rules) value: Expr,
}

/// A SELECT inside of an expression.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Query {
    pub(in crate::rules) items: Items,
    pub(in crate::rules) from: Expr,
    pub(in crate::rules) alias: Option<Box<str>>,
    pub(in crate::rules) condition: Option<Expr>,
}

#[derive(Clone, Debug)]
pub(in crate::rules) enum Expr {
    Literal(Value<'static>),
    /// `*`
    All,
    /// At least one.
    Path(Vec<Step>),
    Variable(Box<str>),
    Member(Box<Self>, Vec<Step>),
    Array(Vec<Self>),
    Object(Vec<(Box<str>, Self)>),
    Not(Box<Self>),
    Negative(Box<Self>),
    /// From the left to the right.
    Chain(Box<Self>, Vec<(Operator, Self)>),
    /// True where the test is, or with `negated` where it is false.
    Test {
        value: Box<Self>,
        test: Box<Test>,
        negated: bool,
    },
    Case {
        value: Box<Self>,
        arms: Vec<(Self, Self)>,
        otherwise: Option<Box<Self>>,
    },
    Call(Box<Call>),
    Cast(Box<Self>, Type),
    Query(Box<Query>),
    Exists(Box<Query>),
}

#[derive(Clone, Debug)]
pub(in crate::rules) enum Test {
    In(Expr),
    InList(Vec<Expr>),
    Like(Expr),
    Between(Expr, Expr),
    Null,
}

#[derive(Clone, Debug)]
pub(in crate::rules) struct Call {
    pub(in crate::rules) function: Function,
    pub(in crate::rules) arguments: Vec<Expr>,
    /// The second argument, where it is written out.
    pub(in crate::rules) regex: Option<Regex>,
    /// Where the name stands: two calls of `newuuid()` differ.
    pub(in crate::rules) at: usize,
}

/// One name of a path.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Step {
    pub(in crate::rules) name: Box<str>,
    pub(in crate::rules) at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
}

/// What `cast` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Type {
    Text,
    Int,
    Decimal,
    Double,
    Bool,
}

/// The names of the types, in any case.
pub(in crate::rules) const TYPES: [(&str, Type); 11] = [
    ("String", Type::Text),
    ("Nvarchar", Type::Text),
    ("Text", Type::Text),
    ("Ntext", Type::Text),
    ("Varchar", Type::Text),
    ("Int", Type::Int),
    ("Integer", Type::Int),
    ("Double", Type::Double),
    ("Decimal", Type::Decimal),
    ("Bool", Type::Bool),
    ("Boolean", Type::Bool),
];

/// Binary operators from the loosest to the tightest; NOT stands between the second and the third row.
pub(in crate::rules) const OPERATORS: [&[(&str, Operator)]; 5] = [
    &[("OR", Operator::Or)],
    &[("AND", Operator::And)],
    &[
        ("=", Operator::Equal),
        ("<>", Operator::NotEqual),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[
        ("*", Operator::Times),
        ("/", Operator::Over),
        ("%", Operator::Modulo),
    ],
];
