package planfile

// Field is what a column of a table says of a task.
type Field string

// The fields. Several columns may fill the same: labels, links.
const (
	None     Field = ""
	Key      Field = "key"
	Alias    Field = "alias" // another name of the task, by which parents are told
	Title    Field = "title"
	Body     Field = "body"
	Kind     Field = "kind"
	State    Field = "state"
	Percent  Field = "percent"
	Work     Field = "work"    // "3 j", "1.5 d", "4 h"; a bare number is days
	Hours    Field = "hours"   // a bare number is hours
	Seconds  Field = "seconds" // a bare number is seconds
	Start    Field = "start"
	Finish   Field = "finish"
	Deadline Field = "deadline"
	Begun    Field = "begun"
	Finished Field = "finished"
	Earliest Field = "earliest" // the day before which it may not begin; with such a column, Start is what was computed
	Mode     Field = "mode"     // whether its dates are computed or as typed
	People   Field = "people"
	Labels   Field = "labels"
	Parent   Field = "parent"
	Level    Field = "level" // of the outline, 1 at the top
	Number   Field = "wbs"   // its place in the outline: 1.2.3
	After    Field = "after"
	Before   Field = "before"
	Related  Field = "related" // "Blocked by #3, Precedes #5"
)

// Fields lists those that people may choose for a column.
func Fields() []Field {
	return []Field{Title, Key, Parent, Level, Number, Kind, State, Percent, Work, Hours, Start, Finish, Deadline, Begun, Finished, People, Labels, After, Before, Body}
}

// headers are the names of columns, folded, in the language of the tool.
var headers = map[Form]map[string]Field{
	Bassin: {"numero": Key, "number": Key, "tache": Title, "task": Title, "nature": Kind, "kind": Kind, "etat": State, "state": State, "responsables": People, "assignees": People,
		"duree": Work, "duration": Work, "debut": Start, "start": Start, "fin": Finish, "finish": Finish, "echeance": Deadline, "deadline": Deadline,
		"marge": None, "float": None, "critique": None, "critical": None, "avancement": Percent, "progress": Percent, "avancement (%)": Percent, "progress (%)": Percent, "etiquettes": Labels, "labels": Labels, "apres": After, "after": After,
		"dates": Mode, "pas avant le": Earliest, "not before": Earliest, "commencee le": Begun, "begun on": Begun, "finie le": Finished, "finished on": Finished},
	Redmine: {"#": Key, "tracker": Kind, "parent task": Parent, "tache parente": Parent, "status": State, "statut": State, "subject": Title, "sujet": Title,
		"assignee": People, "assigne a": People, "start date": Start, "date de debut": Start, "debut": Start, "due date": Deadline, "date d'echeance": Deadline, "echeance": Deadline,
		"estimated time": Hours, "temps estime": Hours, "% done": Percent, "% realise": Percent, "closed": Finished, "ferme": Finished, "date de fermeture": Finished,
		"related issues": Related, "demandes liees": Related, "description": Body, "category": Labels, "categorie": Labels},
	Jira: {"summary": Title, "resume": Title, "issue key": Key, "key": Key, "work item key": Key, "cle de ticket": Key, "cle du ticket": Key, "cle de demande": Key, "cle": Key,
		"issue id": Alias, "work item id": Alias, "id de ticket": Alias, "identifiant de ticket": Alias, "id du ticket": Alias, "id de demande": Alias,
		"issue type": Kind, "work type": Kind, "type de ticket": Kind, "type de demande": Kind, "type": Kind, "status": State, "etat": State, "statut": State,
		"assignee": People, "personne assignee": People, "responsable": People, "attribution": People, "due date": Deadline, "due": Deadline, "date d'echeance": Deadline, "echeance": Deadline,
		"resolved": Finished, "resolu": Finished, "resolue": Finished, "date de resolution": Finished, "labels": Labels, "etiquettes": Labels, "component/s": Labels, "components": Labels, "composants": Labels,
		"description": Body, "original estimate": Seconds, "estimation originale": Seconds, "estimation initiale": Seconds,
		"parent key": Parent, "parent": Parent, "parent id": Parent, "cle parent": Parent, "id parent": Parent, "id du parent": Parent, "custom field (epic link)": Parent, "champs personnalises (epic link)": Parent,
		"custom field (start date)": Start, "champs personnalises (start date)": Start, "champs personnalises (date de debut)": Start, "start date": Start, "date de debut": Start,
		"inward issue link (blocks)": After, "outward issue link (blocks)": Before, "inward work item link (blocks)": After, "outward work item link (blocks)": Before,
		"lien de ticket entrant (blocks)": After, "lien de ticket sortant (blocks)": Before, "lien de demande entrante (blocks)": After, "lien de demande sortante (blocks)": Before},
	Table: {"id": Key, "key": Key, "uid": Key, "n°": Key, "no": Key, "numero": Key, "number": Key, "ref": Key, "reference": Key, "cle": Key, "#": Key, "unique id": Key, "repere": Key, "identifiant": Key,
		"title": Title, "titre": Title, "name": Title, "nom": Title, "task": Title, "tache": Title, "task name": Title, "nom de la tache": Title, "nom de tache": Title, "activity": Title, "activite": Title,
		"subject": Title, "sujet": Title, "summary": Title, "intitule": Title, "libelle": Title,
		"description": Body, "notes": Body, "remarques": Body, "commentaire": Body, "kind": Kind, "type": Kind, "nature": Kind, "state": State, "status": State, "etat": State, "statut": State,
		"percent": Percent, "% complete": Percent, "% acheve": Percent, "% done": Percent, "progress": Percent, "avancement": Percent, "% realise": Percent,
		"duration": Work, "duree": Work, "work": Work, "charge": Work, "hours": Hours, "heures": Hours, "start": Start, "debut": Start, "start date": Start, "date de debut": Start, "begin": Start,
		"finish": Finish, "end": Finish, "fin": Finish, "end date": Finish, "date de fin": Finish, "finish date": Finish, "deadline": Deadline, "due": Deadline, "due date": Deadline, "echeance": Deadline, "date d'echeance": Deadline,
		"actual start": Begun, "debut reel": Begun, "actual finish": Finished, "fin reelle": Finished, "people": People, "assignee": People, "assignees": People, "assigned to": People,
		"resource names": People, "noms ressources": People, "noms des ressources": People, "responsable": People, "responsables": People, "owner": People, "affecte a": People,
		"labels": Labels, "tags": Labels, "etiquettes": Labels, "parent": Parent, "parent id": Parent, "tache parente": Parent, "sous la tache": Parent, "outline level": Level, "niveau hierarchique": Level, "niveau": Level, "level": Level,
		"wbs": Number, "outline number": Number, "numero hierarchique": Number, "organigramme": Number, "predecessors": After, "predecesseurs": After, "depends on": After, "after": After, "apres": After,
		"successors": Before, "successeurs": Before},
}

// formOf tells by the head of a table whose it is.
func formOf(head []string) Form {
	has := map[string]bool{}
	for _, h := range head {
		has[fold(h)] = true
	}
	any := func(list ...string) bool {
		for _, x := range list {
			if has[x] {
				return true
			}
		}
		return false
	}
	switch {
	case has["#"] && has["tracker"] && any("subject", "sujet"):
		return Redmine
	case any("issue key", "work item key", "cle de ticket", "cle du ticket", "cle de demande", "issue id", "id de ticket") && any("summary", "resume"):
		return Jira
	case any("numero", "number") && any("tache", "task") && any("marge", "float"):
		return Bassin
	}
	return Table
}

// columns finds out what each column of a table says. What fills one value is filled once: the
// second column of the same name is left to people to choose.
func columns(form Form, head []string) []Column {
	out := make([]Column, len(head))
	taken := map[Field]bool{}
	for i, h := range head {
		field := headers[form][fold(h)]
		switch field {
		case Labels, After, Before, Parent, Alias, Related, None:
		default:
			if taken[field] {
				field = None
			}
		}
		taken[field] = true
		out[i] = Column{Name: clip(h), Field: field}
	}
	return out
}

// states are the words of tools for where a task stands.
var states = words(map[string]string{
	"todo":   "to do,todo,a faire,open,ouvert,ouverte,new,nouveau,nouvelle,backlog,reopened,rouvert,selected for development,not started,non commence,non commencee,planned,planifie,en attente,waiting",
	"doing":  "in progress,en cours,doing,started,commence,commencee,assigned,assigne,assignee,feedback,commentaire,in development,en developpement,blocked,bloque",
	"review": "in review,review,a relire,en revue,revue,resolved,resolu,resolue,a verifier,a valider,testing,in test,en test,en recette,qa",
	"done":   "done,fait,faite,closed,ferme,fermee,termine,terminee,fini,finie,complete,completed,acheve,achevee,clos,close,livre,livree,released,rejected,rejete,rejetee,cancelled,canceled,annule,annulee,won't do,abandonne",
})

// kinds are the words of tools for what a task is.
var kinds = words(map[string]string{
	"task":        "task,tache,sub-task,subtask,sous-tache,story,user story,recit,epic,epopee,feature,evolution,support,assistance,improvement,amelioration,new feature,nouvelle fonctionnalite,summary,recapitulative,initiative",
	"milestone":   "milestone,jalon",
	"deliverable": "deliverable,livrable",
	"problem":     "problem,probleme,bug,bogue,anomalie,incident,defect,defaut",
})

// modes are Bassin's words for what decides the dates of a task.
var modes = words(map[string]string{
	"auto":   "calculees d'apres les liens et le calendrier,computed from links and calendar",
	"fixed":  "debut impose,start fixed",
	"manual": "debut et fin imposes,start and end fixed",
})

func words(m map[string]string) map[string]string {
	out := map[string]string{}
	for value, list := range m {
		for _, w := range splitComma(list) {
			out[w] = value
		}
	}
	return out
}
