
fail() {
  echo "error: nothing more was granted: $1" >&2
  exit 1
}

# Whoever is signed in must be in the tenant that is meant, and what is to be filled in must be.
for value in "$TENANT_ID" "$AUDITOR"; do
  case $value in *'<'*) fail "put a value in the place of $value" ;; esac
done
signed_in=$(az account show --query tenantId --output tsv) || fail "sign in first: az login --tenant $TENANT_ID"
[ "$(echo "$signed_in" | tr '[:upper:]' '[:lower:]')" = "$(echo "$TENANT_ID" | tr '[:upper:]' '[:lower:]')" ] ||
  fail "az is signed in to the tenant $signed_in: az login --tenant $TENANT_ID"

if [ "$AUDITOR_TYPE" = User ]; then
  principal=$(az ad user show --id "$AUDITOR" --query id --output tsv) || fail "there is no user $AUDITOR"
else
  principal=$(az ad sp show --id "$AUDITOR" --query id --output tsv) || fail "there is no service principal of $AUDITOR"
fi

# grant ROLE SCOPE: assigns the role, unless it is assigned there already.
grant() {
  case $2 in *'<'*) fail "put a value in the place of $2" ;; esac
  held=$(az role assignment list --assignee "$principal" --role "$1" --scope "$2" --query '[0].id' --output tsv)
  if [ -z "$held" ]; then
    az role assignment create --assignee-object-id "$principal" --assignee-principal-type "$AUDITOR_TYPE" \
      --role "$1" --scope "$2" --output none
  fi
  echo "$1: $2"
}
