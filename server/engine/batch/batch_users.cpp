// Commands about users: accounts, sessions, rights.
#include <algorithm>

#include "server/engine/batch/command_batch.hpp"
#include "server/participants/session.hpp"

namespace sagactl {
namespace {

Error no_such_user() {
  return Error{ErrorCode::not_found, "User not found"};
}

Error no_such_session() {
  return Error{ErrorCode::unauthenticated, "Invalid refresh token"};
}

}  // namespace

User* CommandBatch::find_user(UserId id) {
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const User& user) { return user.id == id; });
  return found == users_.end() ? nullptr : &*found;
}

Receipt CommandBatch::write_user(User& user) {
  user.updated_at = moment_.now;
  users_changed_.push_back(&user);
  return Receipt{{}, user, {}, {}};
}

Result<Receipt> CommandBatch::on(const RegisterUser& command) {
  for (User& user : users_) {
    if (user.email != command.user.email) continue;
    const bool is_new_hash = user.id == command.user.id && user.password_hash != command.user.password_hash;
    if (!is_new_hash) return Error{ErrorCode::conflict, "Email already exists"};
    user.password_hash = command.user.password_hash;
    return write_user(user);
  }
  User& user = users_.emplace_back(command.user);
  user.created_at = moment_.now;
  for (LoginSession& session : user.sessions) session.renewed_at = moment_.now;
  return write_user(user);
}

Result<Receipt> CommandBatch::on(const BeginSession& command) {
  User* user = find_user(command.user);
  if (!user) return no_such_user();
  if (user->status != UserStatus::active) return Error{ErrorCode::unauthenticated, "Invalid credentials"};
  begin_session(*user, command.session, moment_.now);
  return write_user(*user);
}

Result<Receipt> CommandBatch::on(const RenewSession& command) {
  User* user = find_user(command.user);
  if (!user || user->status != UserStatus::active) return no_such_session();
  switch (renew_session(*user, command.session, command.presented_hash, command.next, moment_.now)) {
    case Renewal::renewed:
      return write_user(*user);
    case Renewal::repeated:
      return Receipt{{}, *user, {}, {}};
    case Renewal::reused:
      write_user(*user);  // that it is ended counts although the caller is refused
      return no_such_session();
    case Renewal::unknown:
      return no_such_session();
  }
  return no_such_session();
}

Result<Receipt> CommandBatch::on(const EndSession& command) {
  User* user = find_user(command.user);
  if (!user) return no_such_user();
  if (!end_session(*user, command.session)) return Receipt{{}, *user, {}, {}};
  return write_user(*user);
}

Result<Receipt> CommandBatch::on(const ChangeRights& command) {
  const auto found =
      std::find_if(users_.begin(), users_.end(), [&](const User& user) { return user.email == command.email; });
  if (found == users_.end()) return no_such_user();
  const User before = *found;
  if (command.role) found->role = *command.role;
  if (command.status) found->status = *command.status;
  if (found->status != UserStatus::active) found->sessions.clear();
  if (found->role == before.role && found->status == before.status) return Receipt{{}, *found, {}, {}};
  found->rights_changed_at = moment_.now;
  return write_user(*found);
}

}  // namespace sagactl
