package account

// Permission is one act of this feature with who may do it; docs/permissions.txt prints them.
type Permission struct {
	Act string
	Who []Standing
}

// Standing is what somebody is to the thing in question.
type Standing string

// The standings.
const (
	Anybody    Standing = "anybody"
	SignedIn   Standing = "signed_in"
	Oneself    Standing = "oneself"
	OfMembers  Standing = "member"  // of the organisation
	OfManagers Standing = "manager" // of the organisation
	OfLeads    Standing = Standing(ProjectLead)
	OfAdmins   Standing = Standing(Admin)
)

// Permissions lists what may be done with accounts and by whom. TestPermissions holds it against
// the rules themselves.
func Permissions() []Permission {
	return []Permission{
		{"sign_in", []Standing{Anybody}},
		{"see_own_account", []Standing{Oneself}},
		{"save_own_profile", []Standing{Oneself}},
		{"manage_own_sessions", []Standing{Oneself}},
		{"manage_own_tokens", []Standing{Oneself}},
		{"see_organisation", []Standing{SignedIn}},
		{"add_organisation", []Standing{OfLeads, OfAdmins}},
		{"edit_organisation", []Standing{OfManagers, OfAdmins}},
		{"see_members", []Standing{OfMembers, OfManagers, OfAdmins}},
		{"invite_member", []Standing{OfManagers, OfAdmins}},
		{"leave_organisation", []Standing{OfMembers, OfManagers, OfAdmins}},
		{"see_people", []Standing{OfAdmins}},
		{"manage_people", []Standing{OfAdmins}},
		{"give_any_role", []Standing{OfAdmins}},
		{"give_guest_or_lead_pair", []Standing{OfLeads, OfAdmins}},
		{"see_mails", []Standing{OfAdmins}}, // in a demonstration: everybody who is signed in
	}
}
