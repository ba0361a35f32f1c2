
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$graphId = '00000003-0000-0000-c000-000000000000'
$person = $SignIn -eq 'person'

# What whoever runs this asks for itself: to register an application, and to consent for the tenant.
$own = @('Application.ReadWrite.All')
$own += if ($person) { 'DelegatedPermissionGrant.ReadWrite.All' } else { 'AppRoleAssignment.ReadWrite.All' }

foreach ($registration in $Registrations) {
    foreach ($value in $registration.TenantId, $registration.ClientId) {
        if ($value -like '*<*') { throw "Put a value in the place of $value." }
    }
    Write-Host "Sign in to $($registration.Tenant)."
    Connect-MgGraph -TenantId $registration.TenantId -Scopes $own -NoWelcome
    $graph = Get-MgServicePrincipal -Filter "appId eq '$graphId'"

    # A permission whose id does not stand above is looked up by its name.
    $known = if ($person) { $graph.Oauth2PermissionScopes } else { $graph.AppRoles }
    $wanted = @(foreach ($permission in $registration.Permissions) {
        $id = if ($person) { $permission.Scope } else { $permission.Role }
        if (-not $id) {
            $id = $known | Where-Object { $_.Value -eq $permission.Name } | Select-Object -First 1 -ExpandProperty Id
        }
        if (-not $id) { throw "Microsoft Graph of this tenant has no permission $($permission.Name)." }
        @{ Name = $permission.Name; Id = $id }
    })
    $type = if ($person) { 'Scope' } else { 'Role' }
    $access = @{
        ResourceAppId = $graphId
        ResourceAccess = @($wanted | ForEach-Object { @{ Id = $_.Id; Type = $type } })
    }

    # Run again, this adds to the registration that is there, and makes no second one.
    $by = "displayName eq '$ApplicationName'"
    if ($registration.ClientId) { $by = "appId eq '$($registration.ClientId)'" }
    $found = @(Get-MgApplication -Filter $by)
    if ($found.Count -gt 1) {
        throw "There are $($found.Count) applications $ApplicationName; give the client id of one."
    }
    $clientId = $registration.ClientId
    if ($found.Count -eq 1) {
        $clientId = $found[0].AppId
        $others = @($found[0].RequiredResourceAccess | Where-Object { $_.ResourceAppId -ne $graphId })
        Update-MgApplication -ApplicationId $found[0].Id -RequiredResourceAccess (@($others) + $access)
    } elseif (-not $clientId) {
        $body = @{
            DisplayName = $ApplicationName
            SignInAudience = 'AzureADMyOrg'
            RequiredResourceAccess = @($access)
        }
        if ($person) {
            $body['IsFallbackPublicClient'] = $true
            $body['PublicClient'] = @{ RedirectUris = @('http://localhost') }
        }
        $clientId = (New-MgApplication -BodyParameter $body).AppId
    }
    $principal = Get-MgServicePrincipal -Filter "appId eq '$clientId'"
    if (-not $principal) { $principal = New-MgServicePrincipal -BodyParameter @{ AppId = $clientId } }

    # Admin consent. What is granted already stays as it is.
    if ($person) {
        $both = "clientId eq '$($principal.Id)' and resourceId eq '$($graph.Id)'"
        $grants = @(Get-MgOauth2PermissionGrant -All -Filter $both)
        $grant = $grants | Where-Object { $_.ConsentType -eq 'AllPrincipals' } | Select-Object -First 1
        $held = if ($grant) { @($grant.Scope.Trim() -split '\s+') } else { @() }
        $scopes = @($held + @($wanted | ForEach-Object { $_.Name }) | Select-Object -Unique) -join ' '
        if ($grant) {
            $change = @{ OAuth2PermissionGrantId = $grant.Id; Scope = $scopes }
            Update-MgOauth2PermissionGrant @change
        } else {
            New-MgOauth2PermissionGrant -BodyParameter @{
                ClientId = $principal.Id
                ConsentType = 'AllPrincipals'
                ResourceId = $graph.Id
                Scope = $scopes
            } | Out-Null
        }
        $surplus = @($held | Where-Object { $_ -notin @($wanted | ForEach-Object { $_.Name }) })
    } else {
        $roles = @(Get-MgServicePrincipalAppRoleAssignment -All -ServicePrincipalId $principal.Id)
        $held = @($roles | Where-Object { $_.ResourceId -eq $graph.Id } | ForEach-Object { "$($_.AppRoleId)" })
        foreach ($permission in $wanted) {
            if ($permission.Id -in $held) { continue }
            New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -PrincipalId $principal.Id `
                -ResourceId $graph.Id -AppRoleId $permission.Id | Out-Null
        }
        $surplus = @($held | Where-Object { $_ -notin @($wanted | ForEach-Object { $_.Id }) } | ForEach-Object {
            $id = $_
            $known | Where-Object { $_.Id -eq $id } | ForEach-Object { $_.Value }
        })
    }
    if ($surplus.Count) {
        Write-Warning "The application also holds what these checks don't need: $($surplus -join ', ')"
    }

    Write-Host "For config.toml, as client_id of $($registration.Tenant): $clientId"
    Disconnect-MgGraph | Out-Null
}
if (-not $person) {
    Write-Host 'Next: give the application a certificate (better) or a secret, under Certificates & secrets.'
}
