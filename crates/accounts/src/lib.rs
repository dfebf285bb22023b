//! Accounts, sign-in, sessions and tokens of the people who use Sarovar.
